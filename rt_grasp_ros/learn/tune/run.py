"""A tuning run from files to files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs
from transformers import ProcessorMixin

from .base_model import AnswerModel, load_base
from .batches import Encoder
from .conversations import ConversationFile
from .loop import Loop
from .outputs import write_result
from .pictures import VisualTokens
from .run_log import RunLog
from .settings import TuneSettings
from .strategies import TunedModel, make_trainable
from .supervised import Supervised


@dataclass(frozen=True)
class TuneFiles:
    """Where a run reads and writes.

    Attributes:
        base: checkpoint folder, or a name that `from_pretrained` takes.
        data: conversations as JSON lines.
        image_dir: what their pictures' paths are relative to; None for the file's folder.
        work_dir: progress and curves.
        out_dir: the adapter or checkpoint.
    """

    base: str
    data: Path
    image_dir: Path | None
    work_dir: Path
    out_dir: Path


def tune(
    files: TuneFiles,
    settings: TuneSettings,
    progress: Callable[[int, int, dict[str, float]], None] = lambda done, steps, values: None,
) -> None:
    """Tune a checkpoint; a stopped run goes on where it was.

    Args:
        files: where to read and write.
        settings: of the run.
        progress: called on the main process with steps done, steps in all, and logged values.

    Raises:
        DataInvalid: the data can't be read, or the work folder is another run's.
        CheckpointInvalid: the base can't be loaded.
        KeyboardInterrupt: after Ctrl-C, once the progress is on disk.
    """
    conversations = ConversationFile(files.data, files.image_dir)
    accelerator = Accelerator(
        mixed_precision="bf16" if settings.precision == "bf16" else "no",
        kwargs_handlers=[DistributedDataParallelKwargs(broadcast_buffers=False)],
    )
    llava, processor = load_base(files.base, settings)
    torch.manual_seed(settings.seed)
    tuned = make_trainable(llava, settings)
    if settings.quantise == "none":
        llava.to(accelerator.device)
    backward = _backward(tuned, processor, conversations, settings, accelerator)
    steps = settings.total_steps(len(backward))
    loop = Loop(
        tuned.trained,
        settings,
        steps,
        files.work_dir,
        accelerator,
        {"base": files.base, "data": str(files.data)},
    )
    log = RunLog(files.work_dir, loop.step) if accelerator.is_main_process else None

    def report(step: int, values: dict[str, float]) -> None:
        if log is not None:
            log(step, values)
        progress(step, steps, values)

    try:
        loop.run(backward, report)
    finally:
        if log is not None:
            log.close()
    if accelerator.is_main_process:
        write_result(tuned, processor, files.out_dir)
    accelerator.wait_for_everyone()
    accelerator.end_training()


def _backward(
    tuned: TunedModel,
    processor: ProcessorMixin,
    conversations: ConversationFile,
    settings: TuneSettings,
    accelerator: Accelerator,
) -> Supervised:
    return Supervised(
        accelerator.prepare_model(AnswerModel(tuned.llava)),
        Encoder(processor.tokenizer),
        conversations,
        VisualTokens(tuned.llava, processor, settings.cache_visual_tokens),
        settings,
        accelerator,
    )
