"""Options that say what runs the model, the same for every verb that asks it."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..model.engine import OUR_FAMILY, EngineSettings, GraspEngine
from ..model.family import FAMILY_NAMES
from ..model.load_engine import BACKENDS, load_engine
from ..model.server_settings import ServerSettings
from ..model.torch_settings import ACCELERATIONS, DEVICES, DRAFTS, QUANTISATIONS, TorchSettings

DEFAULT_MODEL = "models/rt-grasp-tiny"


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Add the options; `docs/models.md` explains them."""
    group = parser.add_argument_group("the model")
    group.add_argument("--model", default=DEFAULT_MODEL, help="folder of the checkpoint")
    group.add_argument("--backend", choices=BACKENDS, default="auto", help="what runs it")
    group.add_argument(
        "--family", choices=FAMILY_NAMES, default=OUR_FAMILY, help="how it is asked and answers"
    )
    group.add_argument(
        "--device", choices=DEVICES, default="auto", help="where the torch backend runs"
    )
    group.add_argument(
        "--quantise",
        choices=QUANTISATIONS,
        default="none",
        help="bits of its weights with torch; auto: what is measured to be fastest on the device",
    )
    group.add_argument("--adapter", type=Path, help="LoRA adapter that the torch backend merges in")
    group.add_argument(
        "--acceleration",
        choices=ACCELERATIONS,
        default="auto",
        help="how the torch backend runs a decoding step (default: the fastest on the device)",
    )
    group.add_argument(
        "--drafts",
        choices=DRAFTS,
        default="auto",
        help="guess tokens ahead with torch on a GPU: where it was measured to pay, or never",
    )
    group.add_argument(
        "--server-url", default="", help="for the backend openai, such as http://gpu-server:8000/v1"
    )
    group.add_argument(
        "--server-model", default="", help="its name there; left out where the server has only one"
    )
    group.add_argument(
        "--server-key-variable",
        default=ServerSettings().key_variable,
        metavar="NAME",
        help="environment variable that holds the server's key (default %(default)s)",
    )
    group.add_argument(
        "--server-max-tokens",
        type=int,
        default=0,
        metavar="N",
        help="length at which it cuts an answer off (default: that of the family)",
    )
    group.add_argument(
        "--verify",
        action="store_true",
        help="show a model that points the grasp once more before it is taken: yes or no",
    )


def engine_from(arguments: argparse.Namespace, model_dir: Path) -> GraspEngine:
    """Load the engine that the options name; raises what `load_engine` raises."""
    return load_engine(model_dir, arguments.backend, settings_from(arguments))


def settings_from(arguments: argparse.Namespace) -> EngineSettings:
    """Return the settings that the options make."""
    return EngineSettings(
        family=arguments.family,
        server=ServerSettings(
            url=arguments.server_url,
            model=arguments.server_model,
            key_variable=arguments.server_key_variable,
            max_tokens=arguments.server_max_tokens,
        ),
        torch=TorchSettings(
            arguments.device,
            arguments.quantise,
            arguments.adapter,
            arguments.acceleration,
            arguments.drafts,
        ),
        verify=arguments.verify,
    )
