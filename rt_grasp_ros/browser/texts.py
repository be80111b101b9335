"""The texts of the page as HTML; whatever comes from outside is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ..grasp.grasp import Grasp

_TEXT = "margin:0;padding:0.1em 0.7em 0.4em;font-size:0.85em;white-space:pre-wrap"
_MUTED = "opacity:0.6"
_GOOD = "color:#2f9e44"
_BAD = "color:#e03131"
_MM_PER_M = 1000


def paragraph(text: str, style: str = "") -> str:
    """Return one paragraph of plain text; its line breaks stay."""
    return f'<p style="{_TEXT};{style}">{escape(text)}</p>'


def reasoning_html(text: str) -> str:
    """Return what the model has written so far, or that it has written nothing."""
    return paragraph(text) if text.strip() else paragraph("Nothing was asked yet.", _MUTED)


def result_html(sentence: str, is_good: bool | None) -> str:
    """Return how a command went.

    Args:
        sentence: plain text.
        is_good: None while it is not known.
    """
    return paragraph(sentence, {True: _GOOD, False: _BAD, None: _MUTED}[is_good])


def problems_html(sentences: Iterable[str]) -> str:
    """Return what keeps the page from showing everything, one sentence a line."""
    lines = [paragraph(sentence, _BAD) for sentence in sentences]
    return "".join(lines) or paragraph("Camera, frames, joints and nodes: all there.", _GOOD)


def candidates_html(grasps: Sequence[Grasp]) -> str:
    """Return the candidates as a table, best first; rejected ones greyed with their reason."""
    if not grasps:
        return paragraph("No candidates.", _MUTED)
    rows = [
        _row(str(index), grasp, grasp.is_executable, grasp.rejected_reason)
        for index, grasp in enumerate(grasps, start=1)
    ]
    head = "".join(
        f'<th style="text-align:left;padding-right:0.8em">{title}</th>'
        for title in ("", "score", "opening", "")
    )
    return f'<table style="width:100%;font-size:0.85em"><tr>{head}</tr>{"".join(rows)}</table>'


def _row(name: str, grasp: Grasp, is_executable: bool, reason: str) -> str:
    opening = f"{grasp.opening_m * _MM_PER_M:.0f} mm" if grasp.has_pose else "-"
    cells = (name, f"{grasp.score:.2f}", opening, reason or "can be executed")
    style = "vertical-align:top;" + ("" if is_executable else _MUTED)
    return f'<tr style="{style}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
