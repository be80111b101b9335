"""The camera drops, freezes, delays and spoils what it sends, while a command wants a picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.faults.chain import COLOUR, DEPTH, INFO
from benchmarks.faults.relay import Fault, Relay, drop
from benchmarks.faults.trial import Case, Trial
from rt_grasp_ros.grasp.error_code import ErrorCode

PICTURES = (COLOUR, DEPTH)
ALL = (COLOUR, DEPTH, INFO)
_RIGHT = (ErrorCode.OK,)

_MakeFault = Callable[[Relay], Fault]

_SHORT_DELAY_S, _LONG_DELAY_S = 2.0, 15.0
_THINNED_S, _PASSED_NS = 2, 500_000_000


def cases() -> list[Case]:
    """Return every way in which a camera fails."""
    long_delay = partial(_delay, delay_s=_LONG_DELAY_S)
    short_delay = partial(_delay, delay_s=_SHORT_DELAY_S)
    stale = (ErrorCode.FRAME_STALE,)
    return [
        _case("drops everything", _drop, ALL, stale),
        _case("drops its depth", _drop, (DEPTH,), stale),
        _case("drops three pictures of four", _thin_out, PICTURES, _RIGHT),
        _case("freezes: the same old pictures again and again", _freeze, PICTURES, stale),
        _case(f"delays pictures by {_SHORT_DELAY_S:.0f} s", short_delay, PICTURES, _RIGHT),
        _case(f"delays pictures by {_LONG_DELAY_S:.0f} s", long_delay, PICTURES, stale),
        _case("stamps pictures an hour ahead", _spoiling(_stamp_ahead), PICTURES, stale),
        _case(
            "cuts the data of pictures short",
            _spoiling(_cut),
            (COLOUR,),
            (ErrorCode.SIZE_MISMATCH,),
        ),
        _case(
            "names an encoding that nobody knows",
            _spoiling(_rename_encoding),
            (DEPTH,),
            (ErrorCode.ENCODING_UNKNOWN,),
        ),
        _case("halves depth images", _spoiling(_halve), (DEPTH,), (ErrorCode.SIZE_MISMATCH,)),
        _case("sees no depth anywhere", _spoiling(_blind), (DEPTH,), (ErrorCode.NO_DEPTH,)),
        _case("sends noise for depth", _spoiling(_noise), (DEPTH,), (ErrorCode.PICTURE_UNUSABLE,)),
        _case(
            "loses its intrinsics",
            _spoiling(_zero_intrinsics),
            (INFO,),
            (ErrorCode.INTRINSICS_INVALID,),
        ),
        _case(
            "has its depth in another frame",
            _spoiling(_move_frame),
            (DEPTH,),
            (ErrorCode.DEPTH_NOT_REGISTERED,),
        ),
    ]


def _case(
    what: str, make: _MakeFault, topics: tuple[str, ...], codes: tuple[ErrorCode, ...]
) -> Case:
    return Case(
        family="camera",
        name=f"camera {what}",
        fault=f"a relay between camera and nodes, on {', '.join(topics)}",
        stage="answering",
        run=partial(_spoil, make=make, topics=topics, codes=codes),
    )


def _spoil(
    trial: Trial, make: _MakeFault, topics: tuple[str, ...], codes: tuple[ErrorCode, ...]
) -> None:
    """Ask while the camera fails, mend it, and ask again."""
    relays = [trial.chain.relays[topic] for topic in topics]
    for relay in relays:
        relay.spoil(make(relay))
    trial.fault()
    attempt = trial.ask(execute=codes != _RIGHT)
    trial.require_code(attempt, *codes)
    trial.require_arm_still()
    if codes == _RIGHT:
        right = attempt.reply is not None and trial.chain.user.is_right(attempt.reply)
        trial.require(right, "the answer was wrong")
    for relay in relays:
        relay.mend()
    trial.recover()


def _drop(_: Relay) -> Fault:
    return drop


def _freeze(relay: Relay) -> Fault:
    """Send the first message again whenever another comes."""
    first: list[Any] = []

    def repeat(message: Any) -> None:
        first[:] = first or [message]
        relay.publish(first[0])

    return repeat


def _delay(relay: Relay, delay_s: float) -> Fault:
    """Send each message late, stamped as it was."""
    return partial(relay.publish_later, delay_s=delay_s)


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
