"""Hits and misses on one self-contained HTML page, for people."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import Any

import cv2

from .picture_trial import Outcome, PictureTrial
from .shown_trials import draw_trial

_STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color: #222; background: #fafafa; }
table { border-collapse: collapse; } td { padding: 0.1rem 1rem 0.1rem 0; }
.trials { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; }
figure { margin: 0; padding: 0.5rem; background: #fff; border-top: 4px solid #d22828; }
figure.hit { border-color: #28aa3c; }
img { width: 100%; } q { font-style: italic; } .error { color: #666; }
"""
_JPEG_QUALITY = 85


def trial_page(title: str, report: dict[str, Any], trials: Sequence[PictureTrial]) -> str:
    """Return a page with the result's numbers and the drawn trials; it refers to no other file.

    Args:
        title: what was measured.
        report: the result; its numbers and texts are listed.
        trials: misses and hits, shown in this order under their headings.
    """
    misses = [trial for trial in trials if not trial.is_hit]
    hits = [trial for trial in trials if trial.is_hit]
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>
<body>
<h1>{escape(title)}</h1>
<p>Green: what was labelled. Red and blue: what was predicted; the jaws are red. A hit overlaps one
label by more than a quarter and lies within 30 degrees of it, with its own width.</p>
<table>
{"".join(_row(key, value) for key, value in report.items())}</table>
{_section("Misses", misses)}
{_section("Hits", hits)}
</body>
</html>
"""


def _row(key: str, value: object) -> str:
    if isinstance(value, dict | list):
        return ""
    said = f"{value:.4g}" if isinstance(value, float) else str(value)
    return f"<tr><td>{escape(key)}</td><td>{escape(said)}</td></tr>\n"


def _section(heading: str, trials: Sequence[PictureTrial]) -> str:
    figures = "\n".join(_figure(trial) for trial in trials)
    return f'<h2>{heading} ({len(trials)} shown)</h2>\n<div class="trials">\n{figures}\n</div>'


def _figure(trial: PictureTrial) -> str:
    drawn = cv2.cvtColor(draw_trial(trial), cv2.COLOR_RGB2BGR)
    _, jpeg = cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    source = f"data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}"
    return (
        f'<figure class="{"hit" if trial.is_hit else "miss"}">'
        f'<img src="{source}" alt="{escape(trial.picture.image_path.name)}">'
        f"<figcaption><b>{escape(trial.command)}</b><br><q>{escape(trial.text)}</q><br>"
        f'<span class="error">{escape(_describe_error(trial))}</span></figcaption></figure>'
    )


def _describe_error(trial: PictureTrial) -> str:
    """Say in one line how far off the answer is."""
    name = trial.picture.image_path.name
    if trial.verdict is None:
        refused = trial.outcome is Outcome.REFUSED
        return f"{name}: {'refused' if refused else 'not readable'}"
    verdict = trial.verdict
    line = (
        f"{name}: centre {verdict.centre_error_px:.1f} px, angle {verdict.angle_error_deg:.0f} deg,"
        f" width {verdict.width_error_px:.1f} px off"
    )
    return line + (f"; the text {trial.grounding.value}" if trial.grounding else "")
