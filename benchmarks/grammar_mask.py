"""Time a token that keeping answers readable costs: our state machine beside xgrammar's.

xgrammar is no dependency of the package (it needs PyTorch and transformers): install it first.

    python -m benchmarks.grammar_mask
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import metadata
from statistics import median

import numpy as np
import torch
import xgrammar
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from rt_grasp_ros.bench.machine import describe_machine
from rt_grasp_ros.language.prompt import END_TOKEN
from rt_grasp_ros.model.decoding.grammar import START, AnswerGrammar
from rt_grasp_ros.model.decoding.prompt_tokens import MAX_NEW_TOKENS
from rt_grasp_ros.resources import share_path

ANSWER = (
    "The red mug lies on the left. It is round and hollow with a handle at its side. I take the "
    "handle at its side, and close from left to right. x 0.123 y 0.456 theta 0.789 w 0.012"
)
EBNF = """root ::= words (numbers | " No grasp.")
words ::= [^0-9]*
numbers ::= " x 0." n " y 0." n " theta 0." n " w 0." n
n ::= [0-9] [0-9] [0-9]
"""
RUNS = 30


def measure() -> dict[str, object]:
    """Return microseconds a token, the choice of the likeliest token included."""
    tokenizer = Tokenizer.from_file(str(share_path("models/rt-grasp-tiny/tokenizer.json")))
    size, end_id = tokenizer.get_vocab_size(), tokenizer.token_to_id(END_TOKEN)
    ids = [*tokenizer.encode(ANSWER).ids, end_id]
    logits = np.random.default_rng(0).normal(size=(len(ids), size)).astype(np.float32)
    grammar = AnswerGrammar.of(tokenizer, size, end_id)
    compiled = xgrammar.GrammarCompiler(
        xgrammar.TokenizerInfo.from_huggingface(
            PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END_TOKEN),
            vocab_size=size,
            stop_token_ids=[end_id],
        )
    ).compile_grammar(EBNF)
    bitmask = xgrammar.allocate_token_bitmask(1, size)

    def unconstrained() -> None:
        for row in logits:
            row.argmax()

    def ours() -> None:
        state = START
        for index, token_id in enumerate(ids):
            (logits[index] + grammar.blocked_within(state, MAX_NEW_TOKENS - index)).argmax()
            state = grammar.advance(state, token_id)

    def theirs() -> None:
        matcher = xgrammar.GrammarMatcher(compiled)
        for index, token_id in enumerate(ids):
            row = torch.from_numpy(logits[index : index + 1].copy())
            matcher.fill_next_token_bitmask(bitmask)
            xgrammar.apply_token_bitmask_inplace(row, bitmask)
            row.argmax()
            matcher.accept_token(token_id)

    contenders = {"unconstrained": unconstrained, "ours": ours, "xgrammar": theirs}
    return {
        **{f"{name}_us": _us_a_token(run, len(ids)) for name, run in contenders.items()},
        "tokens": len(ids),
        "runs": RUNS,
        "xgrammar": metadata.version("xgrammar"),
        "machine": describe_machine(),
    }


def _us_a_token(run: Callable[[], None], tokens: int) -> dict[str, float]:
    run()
    times_us = []
    for _ in range(RUNS):
        start_s = time.perf_counter()
        run()
        times_us.append((time.perf_counter() - start_s) / tokens * 1e6)
    return {"median": median(times_us), "lowest": min(times_us), "highest": max(times_us)}


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, indent=2)
