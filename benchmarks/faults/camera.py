"""The camera drops, freezes, delays and spoils what it sends, while a command wants a picture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.faults.chain import COLOUR, DEPTH, INFO
from benchmarks.faults.relay import Fault, Relay
from benchmarks.faults.trial import Case, Trial
from rt_grasp_ros.grasp.error_code import ErrorCode

PICTURES = (COLOUR, DEPTH)
ALL = (COLOUR, DEPTH, INFO)

_MakeFault = Callable[[Relay], Fault]

_SHORT_DELAY_S, _LONG_DELAY_S = 2.0, 15.0
_THINNED_S, _PASSED_NS = 2, 500_000_000


def cases() -> list[Case]:
    """Return every way in which a camera fails."""
    refused = [
        ("drops everything", _drop, ALL, ErrorCode.FRAME_STALE),
        ("drops its depth", _drop, (DEPTH,), ErrorCode.FRAME_STALE),
        (
            "freezes: the same old pictures again and again",
            _freeze,
            PICTURES,
            ErrorCode.FRAME_STALE,
        ),
        (
            f"delays pictures by {_LONG_DELAY_S:.0f} s",
            partial(_delay, delay_s=_LONG_DELAY_S),
            PICTURES,
            ErrorCode.FRAME_STALE,
        ),
        (
            "cuts the data of its pictures short",
            _spoiling(_cut),
            (COLOUR,),
            ErrorCode.SIZE_MISMATCH,
        ),
        (
            "names an encoding that nobody knows",
            _spoiling(_rename_encoding),
            (DEPTH,),
            ErrorCode.ENCODING_UNKNOWN,
        ),
        ("halves its depth images", _spoiling(_halve), (DEPTH,), ErrorCode.SIZE_MISMATCH),
        ("sees no depth anywhere", _spoiling(_blind), (DEPTH,), ErrorCode.NO_DEPTH),
        ("sends noise for depth", _spoiling(_noise), (DEPTH,), ErrorCode.NO_SUPPORT_PLANE),
        (
            "loses its intrinsics",
            _spoiling(_zero_intrinsics),
            (INFO,),
            ErrorCode.INTRINSICS_INVALID,
        ),
        (
            "is in another frame for depth",
            _spoiling(_move_frame),
            (DEPTH,),
            ErrorCode.DEPTH_NOT_REGISTERED,
        ),
        (
            "stamps its pictures an hour ahead",
            _spoiling(_stamp_ahead),
            PICTURES,
            ErrorCode.FRAME_STALE,
        ),
    ]
    answered: list[tuple[str, _MakeFault, tuple[str, ...]]] = [
        ("drops three pictures of four", _thin_out, PICTURES),
        (
            f"delays pictures by {_SHORT_DELAY_S:.0f} s",
            partial(_delay, delay_s=_SHORT_DELAY_S),
            PICTURES,
        ),
    ]
    return [_case(what, make, topics, code) for what, make, topics, code in refused] + [
        _case(what, make, topics, ErrorCode.OK) for what, make, topics in answered
    ]


def _case(what: str, make: _MakeFault, topics: tuple[str, ...], code: ErrorCode) -> Case:
    return Case(
        family="camera",
        name=f"camera {what}",
        fault=f"a relay between camera and nodes, on {', '.join(topics)}",
        stage="answering",
        run=partial(_spoil, make=make, topics=topics, code=code),
    )


def _spoil(trial: Trial, make: _MakeFault, topics: tuple[str, ...], code: ErrorCode) -> None:
    """Ask while the camera fails, mend it, and ask again."""
    relays = [trial.chain.relays[topic] for topic in topics]
    for relay in relays:
        relay.spoil(make(relay))
    trial.fault()
    attempt = trial.ask(execute=code is not ErrorCode.OK)
    trial.require_code(attempt, code)
    trial.require_arm_still()
    if code is ErrorCode.OK:
        right = attempt.reply is not None and trial.chain.user.is_right(attempt.reply)
        trial.require(right, "the answer was wrong")
    for relay in relays:
        relay.mend()
    trial.recover()


def _drop(_: Relay) -> Fault:
    return lambda message: None


def _freeze(relay: Relay) -> Fault:
    """Send the first message again whenever another comes."""
    first: list[Any] = []

    def repeat(message: Any) -> None:
        first[:] = first or [message]
        relay.publish(first[0])

    return repeat


def _delay(relay: Relay, delay_s: float) -> Fault:
    """Send each message late, stamped as it was."""

    def later(message: Any) -> None:
        timer = threading.Timer(delay_s, relay.publish, [message])
        timer.daemon = True
        timer.start()

    return later


def _thin_out(relay: Relay) -> Fault:
    """Let the pictures of a short time through, then none for longer; colour and depth alike."""

    def seldom(message: Any) -> None:
        stamp = message.header.stamp
        if stamp.sec % _THINNED_S == 0 and stamp.nanosec < _PASSED_NS:
            relay.publish(message)

    return seldom


def _spoiling(spoil: Callable[[Any], None]) -> _MakeFault:
    """Return what changes each message before it is sent on."""

    def make(relay: Relay) -> Fault:
        def send(message: Any) -> None:
            spoil(message)
            relay.publish(message)

        return send

    return make


def _cut(image: Any) -> None:
    image.data = image.data[: len(image.data) // 3]


def _rename_encoding(image: Any) -> None:
    image.encoding = "zebra16"


def _halve(image: Any) -> None:
    image.height //= 2
    image.data = image.data[: image.height * image.step]


def _blind(image: Any) -> None:
    image.data = bytes(len(image.data))


def _noise(image: Any) -> None:
    image.data = np.random.default_rng(0).bytes(len(image.data))


def _zero_intrinsics(info: Any) -> None:
    info.k = np.zeros(9)


def _move_frame(image: Any) -> None:
    image.header.frame_id = "camera_depth_optical_frame"


def _stamp_ahead(image: Any) -> None:
    image.header.stamp.sec += 3600
