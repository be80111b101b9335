"""Every failure of the package at every call of every stage, through a backend that fails to order.

What must follow is written out here, by the names of the failures: nothing of it is read from the
code.
"""

import numpy as np
import pytest
from fake_backend import FakeBackend
from hypothesis import given, settings
from hypothesis import strategies as st
from poses import NOTHING, top_down

from rt_grasp_ros.grasp import errors
from rt_grasp_ros.grasp.errors import (
    Cancelled,
    ControllerFailed,
    JointStatesStale,
    NoPlan,
    NotHeld,
    RtGraspError,
)
from rt_grasp_ros.motion.pick_outcome import Stage
from rt_grasp_ros.motion.pick_plan import PickCandidate, PickSettings
from rt_grasp_ros.motion.recovery import Recovery, recovery
from rt_grasp_ros.motion.sequence import PickSequence

CANDIDATES = [
    PickCandidate(top_down(0.5, y_m, 0.03, 0.4), opening_m)
    for y_m, opening_m in ((0.1, 0.05), (-0.1, 0.06))
]
AGAINST_THE_GRASP = {"NoPlan", "OpeningTooWide", "OutOfReach", "OutsideWorkspace"}
STOPPING = {"Cancelled", "JointStatesStale"}
BEFORE_MOVING = {Stage.CHECKING, Stage.PLANNING, Stage.CONFIRMING}
WHILE_EMPTY = {Stage.CHECKING, Stage.PLANNING, Stage.OPENING, Stage.PREGRASP, Stage.APPROACH}
AFTER_CLOSING = {Stage.CLOSING, Stage.LIFTING, Stage.VERIFYING}
LOW = {Stage.APPROACH, Stage.CLOSING, Stage.LIFTING}


def all_failures(root=RtGraspError):
    """Return every class of the package's failures, those of rooms that register late as well."""
    for kind in root.__subclasses__():
        if kind.__module__.startswith(errors.__name__):
            yield kind
        yield from all_failures(kind)


FAILURES = sorted(set(all_failures()), key=lambda kind: kind.__name__)


def made(kind):
    """Return a failure of a class, whatever arguments it takes."""
    failure = kind.__new__(kind, "brought about")
    failure.args = ("brought about",)
    return failure


class Watched(FakeBackend):
    """Watches what the fingers and the hand do; fails at calls that are counted from one.

    `calls` has the stage and the name of each call, `opened` the stage in which the fingers
    opened, whether they may have held something then, and how high the tip was; `retreat_m` how
    high the tip came to stand while retreating.
    """

    def __init__(self, failing):
        super().__init__()
        self.failing = failing
        self.stage = None
        self.calls, self.opened, self.retreat_m = [], [], []
        self.may_hold = False

    def close_gripper(self, timeout_s, is_cancelled):
        self.may_hold = True
        return super().close_gripper(timeout_s, is_cancelled)

    def open_gripper(self, opening_m, timeout_s, is_cancelled):
        self.opened.append((self.stage, self.may_hold, float(self.positions[2])))
        super().open_gripper(opening_m, timeout_s, is_cancelled)

    def opening_m(self):
        opening_m = super().opening_m()
        if opening_m < 0.002:
            self.may_hold = False
        return opening_m

    def execute(self, trajectory, timeout_s, is_cancelled):
        try:
            super().execute(trajectory, timeout_s, is_cancelled)
        except Exception:
            self.positions = trajectory.positions.mean(axis=0)  # half-way
            raise
        if self.stage is Stage.RETREATING:
            self.retreat_m.append(float(self.positions[2]))

    def _call(self, name, timeout_s=None, is_cancelled=None):
        self.calls.append((self.stage, name))
        failure = self.failing.get(len(self.calls))
        super()._call(name, timeout_s, is_cancelled)
        if failure is not None:
            raise failure


class Pick:
    """A pick of two candidates, confirmed, with failures at counted calls."""

    def __init__(self, gripper, failing, width_m=0.03):
        self.backend = Watched(failing)
        self.backend.object_width_m = width_m
        tip = CANDIDATES[0].T_base_grasp @ np.linalg.inv(gripper.T_tip_grasp)
        self.tip_z_m = float(tip[2, 3])
        self.stages = []
        sequence = PickSequence(
            self.backend,
            gripper,
            PickSettings(),
            on_progress=self._begin,
            confirm=lambda plan: self.backend._call("confirm"),
        )
        self.outcome = sequence.run(CANDIDATES, NOTHING)

    def _begin(self, stage, index):
        self.backend.stage = stage
        self.stages.append((stage, index))

    @property
    def moved_for(self):
        return {index for stage, index in self.stages if stage is Stage.PREGRASP}


@pytest.fixture(scope="module")
def calls(gripper):
    """What a pick that succeeds asks of its backend: the stage and the name of each call."""
    pick = Pick(gripper, {})
    assert pick.outcome.held
    made_calls = [(stage, name) for stage, name in pick.backend.calls if name != "clear_scene"]
    assert [stage for stage, _ in pick.stages][:-1] == list(dict(made_calls))
    return made_calls


def dropped(pick):
    """Return where the fingers opened although they may hold something."""
    return [(stage, height_m) for stage, may_hold, height_m in pick.backend.opened if may_hold]


@pytest.mark.parametrize("kind", FAILURES, ids=lambda kind: kind.__name__)
def test_every_failure_at_every_call_ends_as_the_table_says(gripper, calls, kind):
    for number, (stage, call) in enumerate(calls, start=1):
        failure = made(kind)
        pick = Pick(gripper, {number: failure})
        backend, outcome = pick.backend, pick.outcome
        where = f"{kind.__name__} at {stage.name} in {call}: {pick.stages}"
        assert not dropped(pick), where
        stops = kind.__name__ in STOPPING
        up_m = [pytest.approx(pick.tip_z_m + 0.12)] if stage in LOW else []
        if stops or stage in BEFORE_MOVING:
            assert backend.retreat_m == [], where
        else:
            assert backend.retreat_m == [*up_m, 0.0], where
        assert ("stop" in backend.log) is stops, where
        if kind.__name__ in AGAINST_THE_GRASP and stage in WHILE_EMPTY:
            if not outcome.held:  # the arm could not even be asked for candidates
                assert outcome.error is failure and stage is Stage.CHECKING, where
                assert pick.moved_for == set(), where
            continue
        assert outcome.error is failure, where
        assert pick.moved_for <= {0}, where
        assert [opened_in for opened_in, *_ in backend.opened] in ([], [Stage.OPENING]), where
        assert outcome.may_hold is (stage in AFTER_CLOSING), where
        assert not (stage in BEFORE_MOVING and "execute" in backend.log), where


@pytest.mark.parametrize("stage", [Stage.OPENING, Stage.PREGRASP, Stage.APPROACH])
def test_what_speaks_against_the_grasp_lets_the_next_one_be_taken_while_empty(
    gripper, calls, stage
):
    pick = Pick(gripper, {number_of(calls, stage): NoPlan("no way")})
    assert pick.outcome.held
    assert pick.outcome.executed_index == 1


def number_of(calls, stage):
    """Return the number of the last call of a stage."""
    return max(number for number, (made_in, _) in enumerate(calls, 1) if made_in is stage)


def test_a_blocked_lift_ends_low_and_holding(gripper, calls):
    """The way up is blocked each time: the arm stays, with what it has."""
    first = next(n for n, (stage, name) in enumerate(calls, 1) if stage is Stage.LIFTING)
    blocked = {number: NoPlan("blocked") for number in range(first + 1, first + 20)}
    pick = Pick(gripper, blocked)
    assert pick.outcome.error.args == ("blocked",)
    assert pick.outcome.may_hold
    assert pick.backend.positions[2] == pytest.approx(pick.tip_z_m)
    assert pick.backend.opening == pytest.approx(0.03)
    assert pick.moved_for == {0}


def test_fingers_measured_empty_open_and_the_next_candidate_is_taken(gripper):
    pick = Pick(gripper, {}, width_m=0.0)
    assert type(pick.outcome.error) is NotHeld
    assert not pick.outcome.may_hold
    assert pick.moved_for == {0, 1}
    assert [stage for stage, *_ in pick.backend.opened] == [
        Stage.OPENING,
        Stage.RETREATING,
        Stage.OPENING,
        Stage.RETREATING,
    ]
    assert not dropped(pick)
    assert pick.backend.retreat_m == [0.0, 0.0]


def test_a_hand_above_the_end_of_its_lift_does_not_go_up_further(gripper, calls):
    """It stays in the box that the whole way was checked against."""
    pick = Pick(gripper, {number_of(calls, Stage.LIFTING): ControllerFailed("left the path")})
    assert max(pick.backend.retreat_m) == pytest.approx(pick.tip_z_m + 0.12)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_fails_after_whatever_nothing_is_dropped(gripper, calls, data):
    """Up to four failures of any kind at any calls, also those of the retreat and of the retry."""
    numbers = data.draw(st.lists(st.integers(1, 2 * len(calls)), min_size=1, max_size=4))
    kinds = data.draw(st.lists(st.sampled_from(FAILURES), min_size=4, max_size=4))
    failing = {number: made(kind) for number, kind in zip(numbers, kinds, strict=False)}
    width_m = data.draw(st.sampled_from([0.0, 0.03]))
    pick = Pick(gripper, failing, width_m)
    assert not dropped(pick)
    closed_for = [index for stage, index in pick.stages if stage is Stage.CLOSING]
    if width_m > 0.0:
        assert len(closed_for) <= 1
    assert pick.outcome.may_hold is pick.backend.may_hold or pick.outcome.held
    assert pick.stages[-1][0] is Stage.DONE
    assert len(pick.moved_for) <= 2


def test_a_defect_at_any_call_stops_the_arm_and_opens_nothing(gripper, calls):
    for number, (stage, _) in enumerate(calls, start=1):
        backend = Watched({number: ZeroDivisionError()})

        def begin(stage, index, backend=backend):
            backend.stage = stage

        sequence = PickSequence(
            backend,
            gripper,
            PickSettings(),
            on_progress=begin,
            confirm=lambda plan, backend=backend: backend._call("confirm"),
        )
        with pytest.raises(ZeroDivisionError):
            sequence.run(CANDIDATES, NOTHING)
        assert backend.log[-2:] == ["stop", "clear_scene"], stage
        assert not any(may_hold for _, may_hold, _ in backend.opened), stage


HOME_ONLY, UP_AND_HOME = Recovery(goes_home=True), Recovery(goes_up=True, goes_home=True)


@pytest.mark.parametrize(
    "stage, failure, expected",
    [
        (Stage.CHECKING, NoPlan("x"), Recovery(may_go_on=True)),
        (Stage.PLANNING, NoPlan("x"), Recovery(may_go_on=True)),
        (Stage.PLANNING, ControllerFailed("x"), Recovery()),
        (Stage.CONFIRMING, NoPlan("x"), Recovery()),
        (Stage.OPENING, NoPlan("x"), Recovery(goes_home=True, may_go_on=True)),
        (Stage.OPENING, ControllerFailed("x"), HOME_ONLY),
        (Stage.PREGRASP, ControllerFailed("x"), HOME_ONLY),
        (Stage.APPROACH, NoPlan("x"), Recovery(goes_up=True, goes_home=True, may_go_on=True)),
        (Stage.APPROACH, NotHeld("x"), UP_AND_HOME),
        (Stage.CLOSING, NoPlan("x"), UP_AND_HOME),
        (Stage.CLOSING, NotHeld("x"), UP_AND_HOME),
        (Stage.LIFTING, NoPlan("x"), UP_AND_HOME),
        (Stage.VERIFYING, NoPlan("x"), HOME_ONLY),
        (Stage.RETREATING, NoPlan("x"), Recovery(stops=True)),
        *((stage, Cancelled(), Recovery(stops=True)) for stage in Stage),
        *((stage, JointStatesStale("x"), Recovery(stops=True)) for stage in Stage),
    ],
)
def test_the_table(stage, failure, expected):
    assert recovery(stage, failure, is_empty=False) == expected


def test_only_fingers_measured_empty_behind_a_lift_open():
    measured = recovery(Stage.VERIFYING, NotHeld("x"), is_empty=True)
    assert measured == Recovery(opens=True, goes_home=True, may_go_on=True)
    for stage in set(Stage) - {Stage.VERIFYING}:
        assert not recovery(stage, NotHeld("x"), is_empty=True).opens
        assert not recovery(stage, NotHeld("x"), is_empty=True).may_go_on
