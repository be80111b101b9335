"""Whether things are found by names, and refused by names of what is not there.

SYNTHETIC tables with textured meshes, usual and crowded ones, as a D435, a D455 and an Azure Kinect
measure them. Three word eyes are fitted, each without another third of the meshes' nouns (and
without all that may be called so), with the calibration that ships. Each is asked for all that
shows, by its usual name, by another, by colour and name, by name and a neighbour, and for eight
nouns that are not there: four of other meshes, four of `household.yaml`. The sentence goes the
product's way up to which segment is meant; nothing is grasped. For each kind:

- `right thing`: more than half of the segment shows the thing, refused or not;
- `right`: and it is not refused;
- `refused`, `asked back`;
- `area`: how often a name of what is there (usual or other) fits better than one of what is not,
  in logits.

Standard errors are over tables. `--work` keeps features and tables: the first run takes half an
hour on two cores, a further one minutes.

    python -m benchmarks.names --meshes DIR --cornell DIR --work DIR
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.progress import Progress, track

from benchmarks.names.answers import (
    ELSEWHERE,
    LEFT_OUT,
    TAUGHT,
    Outcome,
    area_under_curve,
    outcomes,
    rates,
)
from benchmarks.names.drawn import CROWDS, seen_tables
from benchmarks.names.left_out import RememberingEncoder, Split, splits
from benchmarks.names.questions import ABSENT, PRESENT, questions
from rt_grasp_ros.learn.words.harvest import NamedFeatures
from rt_grasp_ros.learn.words.recipe import harvest
from rt_grasp_ros.model.word_eye.shipped import DEFAULT_WORD_EYE
from rt_grasp_ros.model.word_eye.word_eye import WordEye, load_word_eye
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.sim.meshes.mesh_entry import MeshEntry, read_meshes

_NAMES = PRESENT[:2]
_SHOWN = ("right_thing", "right", "refused", "asked_back", "area")


def main(argv: Sequence[str] | None = None) -> None:
    """Draw, fit, ask and print."""
    parser = argparse.ArgumentParser(prog="names", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--meshes", type=Path, required=True, help="folder with index.json")
    parser.add_argument("--cornell", type=Path, help="fit on Cornell's train crops, too")
    parser.add_argument("--work", type=Path, default=Path("out/names"), help="keeps what is drawn")
    parser.add_argument("--fitted", type=int, default=300, help="tables that are fitted on")
    parser.add_argument("--usual", type=int, default=40, help="tables that are asked about")
    parser.add_argument("--crowded", type=int, default=20, help="crowded ones")
    parser.add_argument("--seed", type=int, default=60000, help="of the first table asked about")
    parser.add_argument("--split-seed", type=int, default=0, help="of the thirds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all rates there")
    arguments = parser.parse_args(argv)
    things = read_meshes(str(arguments.meshes))
    eye = load_word_eye(share_path(DEFAULT_WORD_EYE))
    encoder = RememberingEncoder(eye.images)
    found = _features(things, arguments, eye)
    eye = WordEye(encoder, eye.texts, eye.word_map)
    some = list(splits(found, things, eye, arguments.split_seed))
    counts = {"usual": arguments.usual, "crowded": arguments.crowded}
    answered = ask_all(things, some, counts, arguments.seed, arguments.work, encoder)
    told = report_of(answered)
    told["options"] = {
        name: value for name, value in vars(arguments).items() if isinstance(value, int)
    }
    print_report(told)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _features(
    things: Sequence[MeshEntry], arguments: argparse.Namespace, eye: WordEye
) -> NamedFeatures:
    """Return features of named crops, as in training."""
    work = arguments.work / "fitted"
    with Progress() as progress:
        shown = progress.add_task("tables to fit on", total=None)

        def report(task: str, done: int, total: int) -> None:
            progress.update(shown, description=task, completed=done, total=total)

        return harvest(things, arguments.cornell, arguments.fitted, eye.images, work, report)


def ask_all(
    things: Sequence[MeshEntry],
    some: Sequence[Split],
    counts: dict[str, int],
    seed: int,
    work: Path,
    encoder: RememberingEncoder,
) -> list[Outcome]:
    """Return what becomes of all questions about all tables.

    Args:
        things: some of which stand there.
        some: word eyes.
        counts: so many tables of each kind.
        seed: of the first table of each kind.
        work: keeps the tables.
        encoder: of the word eyes; forgets each view afterwards.
    """
    nouns = frozenset(thing.noun for thing in things)
    folder = work / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    which = [(kind, seed + k) for kind in CROWDS for k in range(counts[kind])]
    answered = []
    for kind, table_seed in track(which, "tables asked about"):
        for table in seen_tables(things, kind, table_seed, folder):
            asked = questions(table, things, some[0].eye.texts)
            answered += outcomes(table, asked, some, nouns)
            encoder.forget()
    return answered


def report_of(answered: Sequence[Outcome]) -> dict[str, Any]:
    """Return rates by kind of table, group of nouns and kind of question."""
    told: dict[str, Any] = {}
    for kind in dict.fromkeys(one.table[0] for one in answered):
        here = [one for one in answered if one.table[0] == kind]
        told[kind] = {}
        for group in (TAUGHT, LEFT_OUT, ELSEWHERE):
            of_group = [one for one in here if one.group == group]
            rows = {asked: [o for o in of_group if o.kind == asked] for asked in (*PRESENT, ABSENT)}
            told[kind][group] = {asked: rates(row) for asked, row in rows.items() if row}
        for group in (TAUGHT, LEFT_OUT):
            beside = [
                one
                for one in here
                if (one.kind in _NAMES and one.group == group)
                or (one.kind == ABSENT and one.group in (group, ELSEWHERE))
            ]
            area, error = area_under_curve(beside)
            told[kind][group]["area"] = {"n": len(beside), "area": area, "area_se": error}
    return told


def print_report(told: dict[str, Any]) -> None:
    """Print what `report_of` returns, a line for each kind of question."""
    for kind, groups in told.items():
        if kind not in CROWDS:
            continue
        for group, rows in groups.items():
            for asked, row in rows.items():
                shown = [_shown(row, name) for name in _SHOWN if row.get(f"{name}_se") is not None]
                print(f"{kind:8s} {group:10s} {asked:11s} {row['n']:5d}: {', '.join(shown)}")


def _shown(row: dict[str, float], name: str) -> str:
    share, error = 100 * row[name], 100 * row[f"{name}_se"]
    return f"{name.replace('_', ' ')} {share:.1f} ± {error:.1f}"


if __name__ == "__main__":
    main()
