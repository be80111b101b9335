"""A tuning run from files to files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs

from ...model.torch_backend.torch_failures import choose_device
from .base_model import AnswerModel, load_base
from .batches import Encoder
from .conversations import ConversationFile
from .grpo import Grpo
from .loop import Loop
from .outputs import write_result
from .pictures import VisualTokens
from .run_log import RunLog
from .settings import TuneSettings
from .strategies import make_trainable
from .supervised import Supervised


@dataclass(frozen=True)
class TuneFiles:
    """Where a run reads and writes.

    Attributes:
        base_dir: checkpoint folder.
        data: conversations as JSON lines.
        image_dir: what their pictures' paths are relative to; None for the file's folder.
        work_dir: progress and curves.
        out_dir: the adapter or checkpoint.
    """

    base_dir: Path
    data: Path
    image_dir: Path | None
    work_dir: Path
    out_dir: Path


def tune(
    files: TuneFiles,
    settings: TuneSettings,
    progress: Callable[[int, int, dict[str, float]], None] = lambda done, steps, values: None,
    visual_tokens: VisualTokens | None = None,
    device: str = "auto",
) -> None:
    """Tune a checkpoint; a stopped run goes on where it was.

    Args:
        files: where to read and write.
        settings: of the run.
        progress: called on the main process with steps done, steps in all, and logged values.
        visual_tokens: of the base's tower, where several runs share them.
        device: `auto` takes GPUs where there are any, `cuda` insists on them, `cpu` leaves them.

    Raises:
        DataInvalid: the data can't be read, or the work folder is another run's.
        CheckpointInvalid: the base can't be loaded.
        GpuUnavailable: `cuda` is wanted and there is none.
        KeyboardInterrupt: after Ctrl-C, once the progress is on disk.
    """
    conversations = ConversationFile(files.data, files.image_dir)
    choose_device(device)
    accelerator = Accelerator(
        cpu=device == "cpu",
        kwargs_handlers=[DistributedDataParallelKwargs(broadcast_buffers=False)],
    )
    base = load_base(files.base_dir, settings, accelerator.device)
    torch.manual_seed(settings.seed)
    tuned = make_trainable(base.llava, settings)
    model = accelerator.prepare_model(AnswerModel(base.llava))
    encoder = Encoder(base.tokenizer)
    visual = visual_tokens or VisualTokens(base, settings.cache_visual_tokens)
    backward: Supervised | Grpo
    if settings.strategy == "grpo":
        backward = Grpo(model, tuned, encoder, conversations, visual, settings, accelerator)
    else:
        backward = Supervised(model, encoder, conversations, visual, settings, accelerator)
    steps = settings.total_steps(len(backward))
    loop = Loop(
        tuned.trained,
        settings,
        steps,
        files.work_dir,
        accelerator,
        {"base": str(files.base_dir), "data": str(files.data)},
    )
    log = RunLog(files.work_dir, loop.step) if accelerator.is_main_process else None

    def report(step: int, values: dict[str, float]) -> None:
        if log is not None:
            log(step, values)
        progress(step, steps, values)

    try:
        loop.run(
            backward,
            report,
            stop_only_every=settings.updates if settings.strategy == "grpo" else 1,
        )
    finally:
        if log is not None:
            log.close()
    if accelerator.is_main_process:
        write_result(base, tuned, files.out_dir)
    accelerator.wait_for_everyone()
    accelerator.end_training()
