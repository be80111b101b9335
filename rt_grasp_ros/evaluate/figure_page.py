"""Hits and misses on one self-contained HTML page, for people."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color: #222; background: #fafafa; }
table { border-collapse: collapse; } td { padding: 0.1rem 1rem 0.1rem 0; }
.trials { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; }
figure { margin: 0; padding: 0.5rem; background: #fff; border-top: 4px solid #d22828; }
figure.hit { border-color: #28aa3c; }
img { width: 100%; } q { font-style: italic; } .error { color: #666; }
"""
_JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One drawn answer on a page.

    Attributes:
        picture_rgb: uint8, shape (H, W, 3), with everything drawn into it.
        name: of the picture.
        command: what was asked.
        text: what was answered.
        remark: how far off it is, or how it ended.
        is_hit: whether it is right.
    """

    picture_rgb: NDArray[np.uint8]
    name: str
    command: str
    text: str
    remark: str
    is_hit: bool


def figure_page(
    title: str, lead: str, report: Mapping[str, Any], sections: Mapping[str, Sequence[Figure]]
) -> str:
    """Return a page with the result's numbers and the figures; it refers to no other file.

    Args:
        title: what was measured.
        lead: what is drawn, and what counts as right.
        report: the result; its numbers and texts are listed.
        sections: figures by heading.
    """
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>
<body>
<h1>{escape(title)}</h1>
<p>{escape(lead)}</p>
<table>
{"".join(_row(key, value) for key, value in report.items())}</table>
{"".join(_section(heading, figures) for heading, figures in sections.items())}</body>
</html>
"""


def _row(key: str, value: object) -> str:
    if isinstance(value, dict | list):
        return ""
    said = f"{value:.4g}" if isinstance(value, float) else str(value)
    return f"<tr><td>{escape(key)}</td><td>{escape(said)}</td></tr>\n"


def _section(heading: str, figures: Sequence[Figure]) -> str:
    drawn = "\n".join(_figure(figure) for figure in figures)
    return (
        f"<h2>{escape(heading)} ({len(figures)} shown)</h2>\n"
        f'<div class="trials">\n{drawn}\n</div>\n'
    )


def _figure(figure: Figure) -> str:
    bgr = cv2.cvtColor(figure.picture_rgb, cv2.COLOR_RGB2BGR)
    _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    source = f"data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}"
    return (
        f'<figure class="{"hit" if figure.is_hit else "miss"}">'
        f'<img src="{source}" alt="{escape(figure.name)}">'
        f"<figcaption><b>{escape(figure.command)}</b><br><q>{escape(figure.text)}</q><br>"
        f'<span class="error">{escape(figure.remark)}</span></figcaption></figure>'
    )
