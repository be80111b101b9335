import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.language.written_numbers import four_numbers

NUMBERS = (322.0, 238.0, -30.0, 60.5)


@pytest.mark.parametrize(
    "text",
    [
        "(322, 238, -30, 60.5)",
        "[322, 238, -30, 60.5]",
        "322 238 -30 60.5",
        "322; 238; -30; 60.5",
        "(322., 238., -30., 60.5)",
        "322, 238, \u221230, 60.5",
        "322, 238, \u201330\u00b0, 60.5 px",
        "((322, 238), -30 deg, 60.5 pixels)",
        "(x=322, y=238, theta=-30, width=60.5)",
        "x: 322, y: 238, \u03b8: -30, w: 60.5",
        "3.22e2, 2.38E+2, -300e-1, .605e2",
        "\uff08322\uff0c238\uff0c\uff0d30\uff0c60.5\uff09",
        "```json\n[322, 238, -30, 60.5]\n```",
        '```json\n{"x": 322, "y": 238, "theta": -30, "width": 60.5}\n```',
        '{"width": 60.5, "theta": -30, "y": 238, "x": 322}',
        '{"center": [322, 238], "angle": -30, "width": 60.5}',
        '{"x": "322", "y": "238", "angle": "-30", "opening": "60.5"}',
        "**x**: 322, **y**: 238, **theta**: -30, **width**: 60.5",
        r"\boxed{(322, 238, -30, 60.5)}",
        "grasp1 = (322, 238, -30, 60.5)",
        "(+322, +238, -30, +60.5)",
        "- 322\n- 238\n- -30\n- 60.5",
    ],
)
def test_four_numbers_are_read_however_they_are_written(text):
    assert four_numbers(text) == NUMBERS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(322, 238, 30)",
        "(322, 238, 30, 60, 1)",
        "(1,322, 238, 30, 60)",
        "(322,5, 238, 30, 60)",
        "(322, 238, 30, nan)",
        "(322, 238, 0.52 rad, 60)",
        "(322, 238, 30, 60 mm)",
        "(50%, 50%, 30, 60)",
        "322-238-30-60",
        "3.2.2, 238, 30, 60",
        "1/2, 238, 30, 60",
        '{"bbox_2d": [100, 100, 200, 200]}',
        '{"x": 1, "x": 2, "y": 3, "width": 4}',
        "theta=30, 322, 238, 60",
    ],
)
def test_other_numbers_are_none(text):
    assert four_numbers(text) is None


@given(
    st.tuples(*[st.floats(-1e6, 1e6)] * 4),
    st.sampled_from([", ", " ", ";", "\n", " , "]),
    st.sampled_from(["()", "[]", "{}", "  ", "``"]),
    st.sampled_from([str, "{:.3f}".format, "{:.2e}".format, "{:+.1f}".format]),
)
def test_what_is_written_is_read_back(numbers, separator, brackets, write):
    written = [write(number) for number in numbers]
    text = brackets[0] + separator.join(written) + brackets[1]
    assert four_numbers(text) == tuple(float(each) for each in written)


@given(st.permutations(["x", "y", "theta", "width"]), st.tuples(*[st.integers(-999, 999)] * 4))
def test_names_decide_in_any_order(order, numbers):
    by_name = dict(zip(("x", "y", "theta", "width"), numbers, strict=True))
    text = ", ".join(f'"{name}": {by_name[name]}' for name in order)
    assert four_numbers(f"{{{text}}}") == tuple(map(float, numbers))


@given(st.text(max_size=100))
def test_any_text_is_four_numbers_or_none(text):
    found = four_numbers(text)
    assert found is None or len(found) == 4
