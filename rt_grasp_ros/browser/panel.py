"""The panel beside the view: picture, command box, stop, reasoning, candidates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import viser
from numpy.typing import NDArray

from ..grasp.grasp import Grasp
from . import texts
from .callbacks import PageCallbacks
from .view import LAYERS

_WIDTH_PX = 400
_JPEG_QUALITY = 85
_RED = (224, 49, 49)
_GREEN = (47, 158, 68)


class Panel:
    """Shows texts and pictures, and passes on callbacks; each method replaces what was shown."""

    def __init__(
        self, server: viser.ViserServer, command: str, show: Callable[[str, bool], None]
    ) -> None:
        """Put up the panel.

        Args:
            server: of the page.
            command: what the command box holds at first.
            show: gets a layer of the view, and whether it is to be seen.
        """
        self._gui = server.gui
        server.gui.main_panel.dock_right()
        server.gui.main_panel.set_width(_WIDTH_PX)
        self._picture: viser.GuiImageHandle | None = None
        self._picture_place = self._gui.add_folder("Camera")
        with self._gui.add_form("Command") as self._form:
            self._command = self._gui.add_text("say", command)
            self._moves = self._gui.add_checkbox(
                "move the arm", True, hint="Off: look for a grasp only."
            )
            self._send = self._gui.add_button("Send", icon=viser.Icon.SEND)
        self._stop = self._gui.add_button("STOP", color=_RED, icon=viser.Icon.HAND_STOP)
        self._let_go = self._gui.add_button("Let the arm go", color=_GREEN, visible=False)
        self._refuse = self._gui.add_button("Refuse the plan", color="gray", visible=False)
        with self._gui.add_folder("Reasoning"):
            self._reasoning = self._gui.add_html(texts.reasoning_html(""))
        with self._gui.add_folder("Result"):
            self._stage = self._gui.add_html("")
            self._result = self._gui.add_html(texts.result_html("-", None))
        with self._gui.add_folder("Candidates"):
            self._candidates = self._gui.add_html(texts.candidates_html(()))
        with self._gui.add_folder("Show", expand_by_default=False):
            for layer in LAYERS:
                self._add_switch(layer, show)
        with self._gui.add_folder("State"):
            self._problems = self._gui.add_html("")
        self._send.on_click(lambda _: self._form.submit())

    def connect(self, callbacks: PageCallbacks) -> None:
        """Pass on from now on what people want."""
        self._form.on_submit(lambda _: self._submit(callbacks))
        self._stop.on_click(lambda _: callbacks.stop())
        self._let_go.on_click(lambda _: callbacks.confirm(True))
        self._refuse.on_click(lambda _: callbacks.confirm(False))

    def show_picture(self, rgb: NDArray[np.uint8]) -> None:
        """Show a picture, shape (H, W, 3), uint8."""
        if self._picture is None:
            with self._picture_place:
                self._picture = self._gui.add_image(rgb, jpeg_quality=_JPEG_QUALITY)
        else:
            self._picture.image = rgb

    def show_reasoning(self, text: str) -> None:
        """Show what the model has written so far."""
        self._reasoning.content = texts.reasoning_html(text)

    def show_result(self, sentence: str, is_good: bool | None = None) -> None:
        """Show how a command went; `is_good` is None while it is not known."""
        self._result.content = texts.result_html(sentence, is_good)

    def show_stage(self, sentence: str) -> None:
        """Show what the arm does."""
        self._stage.content = texts.result_html(sentence, None) if sentence else ""

    def show_candidates(self, grasps: Sequence[Grasp]) -> None:
        """Show the candidates of an answer, best first."""
        self._candidates.content = texts.candidates_html(grasps)

    def show_problems(self, sentences: Sequence[str]) -> None:
        """Show what is missing; nothing where all is there."""
        content = texts.problems_html(sentences)
        if self._problems.content != content:
            self._problems.content = content

    def set_busy(self, is_busy: bool) -> None:
        """Let no second command be sent meanwhile."""
        self._send.disabled = is_busy

    def ask_to_confirm(self, is_asked: bool) -> None:
        """Show or hide the two buttons that answer a plan."""
        self._let_go.visible = self._refuse.visible = is_asked

    def _submit(self, callbacks: PageCallbacks) -> None:
        """Send what stands in the box; the enter key works while the button is off, too."""
        if not self._send.disabled:
            callbacks.send(self._command.value, self._moves.value)

    def _add_switch(self, layer: str, show: Callable[[str, bool], None]) -> None:
        switch = self._gui.add_checkbox(layer, True)
        switch.on_update(lambda _: show(layer, switch.value))
