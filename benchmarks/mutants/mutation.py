"""The small changes that are tried on a file, by the operators of cosmic-ray and one of our own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.mutants.numbers_operator import NumberOperator

_BINARY = (
    "Add_Sub Sub_Add Mul_Div Div_Mul Pow_Mul FloorDiv_Mul Mod_FloorDiv BitAnd_BitOr BitOr_BitAnd"
)
_COMPARISON = (
    "Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt GtE_Lt Eq_NotEq NotEq_Eq Is_IsNot IsNot_Is"
)
_OTHERS = (
    "AddNot ExceptionReplacer RemoveDecorator ReplaceAndWithOr ReplaceOrWithAnd "
    "ReplaceTrueWithFalse ReplaceFalseWithTrue ReplaceBreakWithContinue ReplaceContinueWithBreak "
    "ReplaceUnaryOperator_Delete_Not ReplaceUnaryOperator_Delete_USub ZeroIterationForLoop"
)
_UNSEEN_KEYWORDS = {"strict", "daemon"}
"""Arguments that only matter where something else is wrong already."""

Span = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of one file.

    Attributes:
        operator: of cosmic-ray, or `Number`.
        occurrence: which of its places in the file.
        line: where it is, from 1 on.
        before: the line as it is, without margins.
        after: the lines in its place, without margins, joined by spaces.
        source: the whole changed file.
    """

    operator: str
    occurrence: int
    line: int
    before: str
    after: str
    source: str

    @property
    def change(self) -> str:
        """What is changed, whichever line it is in."""
        return f"{self.before} -> {self.after}"


def mutations_of(source: str) -> list[Mutation]:
    """Return every change of a file that is tried, in a fixed order.

    Left out are annotations, which are not evaluated, what stands in a decorator's parentheses, and
    arguments such as `strict=True`.
    """
    from cosmic_ray.mutating import mutate_code

    places = _Places(source)
    found: dict[str, Mutation] = {}
    for name, operator in _operators():
        for occurrence, span in enumerate(places.of(operator)):
            if places.is_left_out(span, is_whole_decorator=name == "RemoveDecorator"):
                continue
            try:
                changed = mutate_code(source, operator, occurrence)
            except AttributeError:  # ExceptionReplacer, of a name with a dot (cosmic-ray 8.7)
                continue
            if changed is not None and changed != source and changed not in found:
                before, after = _difference(source, changed)
                if before == "*,":  # keyword-only arguments, no product
                    continue
                found[changed] = Mutation(name, occurrence, span[0][0], before, after, changed)
    return sorted(found.values(), key=lambda m: (m.line, m.operator, m.occurrence))


def sample(mutations: list[Mutation], count: int, seed: int) -> list[Mutation]:
    """Return so many of them drawn by a seed, or all, in their order."""
    if len(mutations) <= count:
        return mutations
    drawn = np.random.default_rng(seed).choice(len(mutations), count, replace=False)
    return [mutations[index] for index in sorted(drawn.tolist())]


def _operators() -> Iterator[tuple[str, Any]]:
    from cosmic_ray.plugins import get_operator

    names = [f"ReplaceBinaryOperator_{pair}" for pair in _BINARY.split()]
    names += [f"ReplaceComparisonOperator_{pair}" for pair in _COMPARISON.split()]
    for name in [*names, *_OTHERS.split()]:
        yield name, get_operator(f"core/{name}")()
    yield "Number", NumberOperator()


class _Places:
    """Where operators find something, and what of it is left out."""

    def __init__(self, source: str) -> None:
        import parso

        self._tree = parso.parse(source)
        self._unseen: list[Span] = []
        self._decorators: list[Span] = []
        for node in ast.walk(ast.parse(source)):
            for field in ("annotation", "returns"):
                self._unseen += _spans(getattr(node, field, None))
            if isinstance(node, ast.keyword) and node.arg in _UNSEEN_KEYWORDS:
                self._unseen += _spans(node.value)
            for decorator in getattr(node, "decorator_list", []):
                self._decorators += _spans(decorator)

    def of(self, operator: Any) -> Iterator[Span]:
        """Yield the places of an operator as cosmic-ray counts them."""
        from cosmic_ray.ast import ast_nodes

        for node in ast_nodes(self._tree):
            yield from operator.mutation_positions(node)

    def is_left_out(self, span: Span, *, is_whole_decorator: bool) -> bool:
        """Whether a place lies where changes say nothing."""
        unseen = self._unseen if is_whole_decorator else [*self._unseen, *self._decorators]
        return any(start <= span[0] and span[1] <= end for start, end in unseen)


def _spans(node: ast.AST | None) -> list[Span]:
    if not isinstance(node, ast.expr) or node.end_lineno is None or node.end_col_offset is None:
        return []
    return [((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))]


def _difference(source: str, changed: str) -> tuple[str, str]:
    """Return the lines that differ, without margins."""
    before, after = source.splitlines(), changed.splitlines()
    first = next(i for i, pair in enumerate(zip(before, after, strict=False)) if len({*pair}) > 1)
    last = next(
        i for i, pair in enumerate(zip(before[::-1], after[::-1], strict=False)) if len({*pair}) > 1
    )
    gone = before[first : max(first + 1, len(before) - last)]
    come = after[first : max(first, len(after) - last)]
    return _joined(gone), _joined(come)


def _joined(lines: list[str]) -> str:
    return " ".join(stripped for line in lines if (stripped := line.strip()))
