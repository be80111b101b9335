"""Measuring schemes of quantising on the device at hand, with a model's first layers.

All layers of a language model have the same shapes, so that a few of them, on their own with the
head, say which scheme is fastest, in seconds instead of a load of the whole model for each.
"""

from __future__ import annotations

import copy
import gc
import math
from collections.abc import Callable, Sequence
from typing import cast

import torch
from torch import nn
from transformers import LlavaForConditionalGeneration, PreTrainedModel

from ...grasp.errors import CheckpointInvalid, ModelNotLoaded
from ..decoding.grammar import AnswerGrammar
from ..torch_settings import AUTO_SCHEME, QUANTISATIONS
from .quantise import quantise, weight_bytes
from .scheme_choice import SchemeFigures, choose_scheme
from .static_core import OnProgress
from .static_decoding import StaticDecoder
from .warm_start import WarmStart

SCHEMES = tuple(name for name in QUANTISATIONS if name != AUTO_SCHEME)
MEASURED_LAYERS = 2
MEASURED_PLACES = 1024
_ROWS = 16  # the most that int4's kernel for few rows takes
_BESIDE_BYTES = 2**30  # recorded graphs, activations of a prompt, PyTorch itself
_REFUSED = "refused"

Measure = Callable[
    [LlavaForConditionalGeneration, str, torch.device, str, Sequence[int]], SchemeFigures
]


def best_scheme(
    llava: LlavaForConditionalGeneration,
    device: torch.device,
    acceleration: str,
    draft_lengths: Sequence[int],
    cached_tokens: int,
    on_progress: OnProgress,
    measure: Measure | None = None,
) -> str:
    """Return the scheme that serves best here, measuring those that were not measured yet.

    What is measured is kept, by device, versions and the model's shapes, see `warm_start.py`;
    whether a scheme fits is looked at anew each time.

    Args:
        llava: on the host, joined, not quantised; stays as it is.
        device: where it is to run.
        acceleration: of the steps, see `accelerate`.
        draft_lengths: of the passes to measure beside single tokens; none without drafts.
        cached_tokens: how many tokens' keys and values are held, over all rows.
        on_progress: told what is measured, which takes seconds.
        measure: `measure_scheme`, or what stands in for it.
    """
    warm = WarmStart(device)
    key = _key(llava, acceleration, draft_lengths)
    kept = warm.recall(key)
    refused = kept.get(_REFUSED)
    refused = dict(refused) if isinstance(refused, dict) else {}
    measured: dict[str, SchemeFigures] = {}
    for done, scheme in enumerate(SCHEMES):
        figures = SchemeFigures.from_json(kept.get(scheme))
        if figures is None and scheme not in refused:
            on_progress(f"measuring the quantisation {scheme}", done, len(SCHEMES))
            try:
                figures = (measure or measure_scheme)(
                    llava, scheme, device, acceleration, draft_lengths
                )
            except (CheckpointInvalid, ModelNotLoaded) as error:
                refused[scheme] = error.message
            except RuntimeError as error:  # memory that is short, or what can't be recorded
                reason = str(error).partition("\n")[0]
                on_progress(f"{scheme} can't be measured now ({reason})", done, len(SCHEMES))
            if device.type == "cuda":
                gc.collect()  # a decoder and what it recorded hold each other
                torch.cuda.empty_cache()
        if figures is not None:
            measured[scheme] = figures
    told = {scheme: figures.to_json() for scheme, figures in measured.items()}
    if {**told, _REFUSED: refused} != kept:
        warm.keep(key, {**told, _REFUSED: refused})
    free_bytes = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else None
    chosen = choose_scheme(
        measured,
        lambda each: free_bytes is None or needed_bytes(llava, each, cached_tokens) <= free_bytes,
    )
    shown = ", ".join(f"{name} {1000 * each.token_s:.2f} ms" for name, each in measured.items())
    on_progress(f"quantisation {chosen} ({shown} a token)", len(SCHEMES), len(SCHEMES))
    return chosen


def needed_bytes(
    llava: LlavaForConditionalGeneration, figures: SchemeFigures, cached_tokens: int
) -> int:
    """Return what a model with its cache takes on a device in a scheme, about.

    Args:
        llava: not quantised.
        figures: say what one of its layers takes.
        cached_tokens: how many tokens' keys and values are held, over all rows.
    """
    language = llava.model.language_model
    config = language.config
    beside = weight_bytes(llava) - weight_bytes(language.layers)
    entry = 2 * config.num_key_value_heads * config.head_dim * llava.dtype.itemsize
    layers = config.num_hidden_layers
    return beside + layers * (figures.layer_bytes + cached_tokens * entry) + _BESIDE_BYTES


@torch.no_grad()
def measure_scheme(
    llava: LlavaForConditionalGeneration,
    scheme: str,
    device: torch.device,
    acceleration: str,
    draft_lengths: Sequence[int],
) -> SchemeFigures:
    """Measure a scheme on the first layers of a model.

    Args:
        llava: on the host, joined, not quantised; stays as it is.
        scheme: one of `SCHEMES`.
        device: where it is to run.
        acceleration: of the steps; they are recorded where it records, and never compiled, which
            would take a minute each.
        draft_lengths: of the passes to measure beside single tokens.

    Raises:
        CheckpointInvalid: the scheme takes no layers of that width or type.
        ModelNotLoaded: the scheme needs what is not installed.
    """
    few, plain = FewLayers(llava, MEASURED_LAYERS), FewLayers(llava, MEASURED_LAYERS)
    quantise(cast(PreTrainedModel, few), scheme, device)
    error = worst_product_error(few, plain, device)
    config = few.model.language_model.config
    places = min(MEASURED_PLACES, int(config.max_position_embeddings))
    how = "eager" if acceleration == "eager" else "graphs"
    grammar = AnswerGrammar.free(few.lm_head.out_features)
    decoder = StaticDecoder(cast(LlavaForConditionalGeneration, few), grammar, places, 0, how)
    step_s, pass_s = decoder.measure(draft_lengths)
    layers = few.model.language_model.layers
    layer_bytes = weight_bytes(layers) // len(layers)
    return SchemeFigures(step_s, pass_s, error, layer_bytes)


def worst_product_error(quantised: nn.Module, plain: nn.Module, device: torch.device) -> float:
    """Return the `product_error` of `SchemeFigures`; infinity where a product is not finite.

    Args:
        quantised: on its device.
        plain: the same layers as they were read, wherever they are.
        device: of `quantised`.
    """
    chance = torch.Generator().manual_seed(0)
    worst = 0.0
    for name, layer in plain.named_modules():
        if not isinstance(layer, nn.Linear):
            continue
        rows = torch.randn(_ROWS, layer.in_features, generator=chance).to(
            device, layer.weight.dtype
        )
        expected = layer.to(device)(rows).float()
        error = quantised.get_submodule(name)(rows).float() - expected
        share = error.square().mean().sqrt() / expected.square().mean().sqrt()
        worst = max(worst, float(share.nan_to_num(math.inf)))
    return worst


class FewLayers(nn.Module):
    """A copy of a LLaVA's first layers and its head, where `StaticCore` and `quantise` look."""

    def __init__(self, llava: LlavaForConditionalGeneration, count: int) -> None:
        """Copy.

        Args:
            llava: stays as it is.
            count: of layers at most.
        """
        super().__init__()
        whole = llava.model.language_model
        language = copy.copy(whole)
        language._modules = dict(whole._modules)
        language.layers = nn.ModuleList(whole.layers[:count])
        language.config = copy.deepcopy(whole.config)
        language.config.num_hidden_layers = len(language.layers)
        self.model = nn.Module()
        self.model.language_model = copy.deepcopy(language)
        self.lm_head = copy.deepcopy(llava.lm_head)
        self.eval().requires_grad_(False)


def _key(
    llava: LlavaForConditionalGeneration, acceleration: str, draft_lengths: Sequence[int]
) -> str:
    """Return what the figures depend on beside device and versions: shapes, and how steps run."""
    text = llava.config.text_config
    shapes = "x".join(
        str(size)
        for size in (
            text.hidden_size, text.intermediate_size, text.num_attention_heads,
            text.num_key_value_heads, text.num_hidden_layers, text.vocab_size,
        )
    )  # fmt: skip
    how = "eager" if acceleration == "eager" else "graphs"
    lengths = "-".join(map(str, draft_lengths))
    return f"schemes {shapes} {llava.dtype} {how} {lengths}".strip()
