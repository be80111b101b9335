"""`rt-grasp serve`: a chat server of ours, with a model of ours or with an oracle that points."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track

from ..grasp.errors import RequestInvalid
from .camera_options import add_camera_options, cameras_of
from .engine_options import add_engine_options, engine_from
from .evaluate_sim import object_count

if TYPE_CHECKING:
    from ..serve.chat_service import Reply
    from ..serve.truth import PictureTruth

_ORACLES = ("sim", "tabletop")
_CONSOLE = Console(stderr=True)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "serve",
        help="serve a model of ours, or an oracle that points, as a chat server",
        description="An OpenAI-compatible server for trying a client. With --oracle it knows the "
        "truth of scenes or tables, and points in the words of --family; without, it runs --model.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="0 for a free one (default 8000)")
    oracle = parser.add_argument_group("the oracle")
    oracle.add_argument("--oracle", choices=_ORACLES, help="whose truth it knows")
    oracle.add_argument(
        "--mistake",
        default="exact",
        help="exact, noise:PER_CENT, boxes:TIMES, neighbour, absent, invents or units:FAMILY",
    )
    oracle.add_argument("--scenes", type=int, default=50, help="of the cell (default 50)")
    oracle.add_argument("--seed", type=int, default=1, help="draws them (default 1)")
    oracle.add_argument("--objects", type=object_count, default=(1, 6), metavar="N|N-M")
    oracle.add_argument("--unseen", action="store_true", help="held-out objects are meant")
    oracle.add_argument(
        "--meshes", action="append", default=[], metavar="DIR", help="textured meshes instead"
    )
    oracle.add_argument(
        "--phrasing", choices=("plain", "trained", "unseen"), default="plain", help="of commands"
    )
    oracle.add_argument("--data", type=Path, help="folder of real tables")
    oracle.add_argument("--split", default="dev", help="of them (default dev)")
    add_camera_options(oracle)
    add_engine_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C; return 0.

    Raises:
        RequestInvalid: the family does not point, or the mistake is none.
        OSError: the port is taken.
    """
    from ..serve.chat_service import ChatService

    name, reply = _model_of(arguments)
    with ChatService(name, reply, arguments.host, arguments.port) as service:
        _CONSOLE.print(f"{name} at {service.url}; Ctrl-C ends it", highlight=False)
        threading.Event().wait()
    return 0


def _model_of(arguments: argparse.Namespace) -> tuple[str, Reply]:
    """Return the name that is served, and what answers."""
    if arguments.oracle is None:
        from ..resources import given_or_shipped
        from ..serve.engine_replies import engine_replies

        engine = engine_from(arguments, given_or_shipped(arguments.model))
        if getattr(engine, "measure", None) is not None:
            raise RequestInvalid("A server is not served again; ask it itself.")
        return Path(arguments.model).name, engine_replies(engine)
    from ..serve.mistakes import Mistake
    from ..serve.oracle import Oracle

    mistake = Mistake.parse(arguments.mistake)
    oracle = Oracle(arguments.family, _truths(arguments), mistake)
    return f"oracle-{arguments.family}-{arguments.mistake.replace(':', '-')}", oracle.reply


def _truths(arguments: argparse.Namespace) -> Iterator[PictureTruth]:
    """Yield what the oracle knows, and say how far that is."""
    from ..evaluate import oracle_truths

    if arguments.oracle == "tabletop":
        from ..data.data_folder import folder_of
        from ..data.tabletop import read_tabletop

        folder = arguments.data or folder_of("tabletop")
        commands = read_tabletop(folder, arguments.split)
        truths = oracle_truths.truths_of_tables(folder, arguments.split, commands)
        count = len({command.scene for command in commands})
    else:
        from ..evaluate.commands import Phrasing
        from ..evaluate.scenes import SceneKind
        from ..evaluate.suite import sim_picks

        fewest, most = arguments.objects
        cameras, meshes = cameras_of(arguments), tuple(arguments.meshes)
        kind = SceneKind(fewest, most, arguments.unseen, cameras, meshes)
        phrasing = Phrasing(arguments.phrasing)
        trials = sim_picks(arguments.seed, arguments.scenes, kind, phrasing)
        truths, count = oracle_truths.truths_of_trials(trials), len(trials)
    yield from track(truths, "what is true", total=count, console=_CONSOLE, transient=True)
