"""Settings of a tuning run, and the presets that ship with the package."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from ...grasp.errors import DataInvalid

STRATEGIES = ("projector", "lora", "full", "grpo")
QUANTISATIONS = ("none", "nf4", "int8")
PRECISIONS = ("bf16", "fp32")


@dataclass(frozen=True)
class TuneSettings:
    """Everything that decides what a run computes, next to the base model and the data.

    Attributes:
        strategy: what is trained, one of `STRATEGIES`.
        learning_rate: peak, after the warm-up.
        projector_share: of the learning rate that the projector gets where it is not trained alone.
        batch: samples a step, over all processes; for `grpo` prompts a step.
        micro_batch: samples that go through the model at once on one process.
        pack: at most so many conversations about one picture stand behind it in one sequence,
            so that it is read once; that is then one sample.
        epochs: passes over the data; not used where `steps` is given.
        steps: optimiser steps, or None to follow `epochs`.
        warm_up: share of the steps in which the learning rate rises.
        weight_decay: of AdamW.
        clip_norm: largest norm of a step's gradient.
        lora_rank: rank of the adapters (`lora`, `grpo`).
        lora_alpha: their scale, over the rank.
        lora_dropout: on their inputs.
        quantise: how the base's language model is held in memory, one of `QUANTISATIONS`.
        precision: of the arithmetic, one of `PRECISIONS`.
        frozen_weights: how weights that are not trained are held, one of `PRECISIONS`; those that
            are trained are always float32.
        gradient_checkpointing: compute activations twice rather than keep them.
        cache_visual_tokens: keep what the frozen tower says about a picture in memory.
        seed: of new weights, order, dropout and sampling.
        save_every: steps between two writings of the progress.
        group: `grpo`: answers sampled a prompt.
        updates: `grpo`: optimiser steps on one set of sampled answers.
        temperature: `grpo`: of the sampling.
        sample: `grpo`: `numbers` writes greedily and samples the numbers, `all` samples it all.
        clip_ratio: `grpo`: how far the probability ratio may move from one.
        kl_weight: `grpo`: weight of the divergence from the base.
        lift_processes: `grpo`: how many answers about simulated scenes are carried out in the
            physics at once, see `lift_reward.py`; 0 for none.
    """

    strategy: str
    learning_rate: float
    projector_share: float = 1.0
    batch: int = 32
    micro_batch: int = 4
    pack: int = 1
    epochs: float = 1.0
    steps: int | None = None
    warm_up: float = 0.03
    weight_decay: float = 0.0
    clip_norm: float = 1.0
    lora_rank: int = 64
    lora_alpha: int = 32
    lora_dropout: float = 0.0
    quantise: str = "none"
    precision: str = "bf16"
    frozen_weights: str = "fp32"
    gradient_checkpointing: bool = False
    cache_visual_tokens: bool = False
    seed: int = 0
    save_every: int = 50
    group: int = 8
    updates: int = 1
    temperature: float = 1.0
    sample: str = "numbers"
    clip_ratio: float = 0.2
    kl_weight: float = 0.0
    lift_processes: int = 0

    def __post_init__(self) -> None:
        """Refuse what no run could follow.

        Raises:
            DataInvalid: a value is out of its bounds.
        """
        for name, choices in (
            ("strategy", STRATEGIES),
            ("quantise", QUANTISATIONS),
            ("precision", PRECISIONS),
            ("frozen_weights", PRECISIONS),
            ("sample", ("numbers", "all")),
        ):
            if getattr(self, name) not in choices:
                raise DataInvalid(
                    f"The setting '{name}' is '{getattr(self, name)}'; choose one of "
                    f"{', '.join(choices)}."
                )
        for name in (
            "learning_rate",
            "projector_share",
            "batch",
            "micro_batch",
            "pack",
            "epochs",
            "clip_norm",
            "lora_rank",
            "save_every",
            "group",
            "updates",
            "temperature",
        ):
            if not getattr(self, name) > 0:
                raise DataInvalid(f"The setting '{name}' must be positive.")
        if self.steps is not None and self.steps < 1:
            raise DataInvalid("The setting 'steps' must be positive.")
        if self.strategy == "full" and self.quantise != "none":
            raise DataInvalid("Quantised weights can't be trained; use --strategy lora for them.")

    def total_steps(self, samples: int) -> int:
        """Return the optimiser steps for that many samples."""
        return self.steps or max(1, round(self.epochs * samples / self.batch))

    def to_dict(self) -> dict[str, Any]:
        """Return the values by name."""
        return asdict(self)


def preset_names() -> tuple[str, ...]:
    """Return the names in `presets.yaml`."""
    return tuple(_shipped())


def load_preset(name: str, **changes: Any) -> TuneSettings:
    """Return a preset's settings.

    Args:
        name: a name in `presets.yaml`, or the path of a YAML file with one run's settings.
        changes: values that replace the preset's; None changes nothing.

    Raises:
        DataInvalid: there is no such preset, or it holds an unknown setting or a bad value.
    """
    shipped = _shipped()
    if name in shipped:
        values = shipped[name]
    elif Path(name).is_file():
        try:
            values = yaml.safe_load(Path(name).read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise DataInvalid(f"The preset '{name}' is no YAML ({error}); mend it.") from error
        if not isinstance(values, dict):
            raise DataInvalid(f"The preset '{name}' must be a mapping from settings to values.")
    else:
        raise DataInvalid(
            f"There is no preset '{name}'; give a YAML file or one of {', '.join(shipped)}."
        )
    unknown = set(values) - {field.name for field in fields(TuneSettings)}
    if unknown:
        raise DataInvalid(
            f"The preset '{name}' holds unknown settings: {', '.join(sorted(map(str, unknown)))}."
        )
    try:
        settings = TuneSettings(**values)
    except TypeError as error:
        raise DataInvalid(f"The preset '{name}' can't be used ({error}); mend it.") from error
    return replace(settings, **{key: v for key, v in changes.items() if v is not None})


def _shipped() -> dict[str, dict[str, Any]]:
    text = resources.files(__package__).joinpath("presets.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))
