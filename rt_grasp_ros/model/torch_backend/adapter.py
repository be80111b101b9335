"""LoRA adapters: merged into the weights when a model is loaded, so that answers cost no more."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError, safe_open
from transformers import LlavaForConditionalGeneration

from ...grasp.errors import CheckpointInvalid, ModelNotLoaded
from .quantise import is_quantised

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
PICKLED = "adapter_model.bin"


def merge_adapter(
    llava: LlavaForConditionalGeneration, folder: Path
) -> LlavaForConditionalGeneration:
    """Add an adapter's low-rank updates to the weights of a model.

    Args:
        llava: the model as it was when the adapter was trained; changed in place.
        folder: the adapter in peft layout, weights as safetensors.

    Returns:
        The stock model with the merged weights.

    Raises:
        CheckpointInvalid: the adapter is missing, damaged, pickled or for another model, or the
            model is quantised: rounding first and adding then is not what was trained.
        ModelNotLoaded: peft is not installed.
    """
    if is_quantised(llava):
        raise CheckpointInvalid(
            "An adapter can't be merged into quantised weights; merge first, quantise after."
        )
    try:
        from peft import PeftModel, get_peft_model_state_dict
    except ImportError as error:
        raise ModelNotLoaded(
            "Adapters need peft; install rt_grasp_ros[gpu], or merge the adapter elsewhere."
        ) from error
    stored = _tensor_names(folder)
    try:
        adapted = PeftModel.from_pretrained(llava, str(folder))
    except Exception as error:  # peft, safetensors and torch raise types of their own
        raise CheckpointInvalid(
            f"The adapter '{folder.name}' can't be loaded ({error}); give one that was trained on "
            "this checkpoint."
        ) from error
    unknown = stored ^ set(get_peft_model_state_dict(adapted))
    if unknown:
        raise CheckpointInvalid(
            f"The adapter '{folder.name}' does not fit the checkpoint (such as "
            f"'{min(unknown)}'); give one that was trained on it."
        )
    merged: LlavaForConditionalGeneration = adapted.merge_and_unload(safe_merge=True)
    return merged


def _tensor_names(folder: Path) -> set[str]:
    """Return the names of an adapter's tensors, after checking that its files are there."""
    if not (folder / CONFIG).exists():
        raise CheckpointInvalid(
            f"There is no adapter in '{folder}'; give the path of a folder that holds {CONFIG}."
        )
    if not (folder / WEIGHTS).exists():
        if (folder / PICKLED).exists():
            raise CheckpointInvalid(
                f"The adapter '{folder.name}' holds pickled weights ({PICKLED}), which can run "
                "code when read; convert them to safetensors."
            )
        raise CheckpointInvalid(
            f"The adapter '{folder.name}' lacks {WEIGHTS}; fetch or train it again."
        )
    try:
        with safe_open(folder / WEIGHTS, framework="numpy") as tensors:
            return set(tensors.keys())
    except (SafetensorError, OSError) as error:
        raise CheckpointInvalid(
            f"The weight file {WEIGHTS} is damaged ({error}); fetch or train the adapter again."
        ) from error
