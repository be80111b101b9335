"""Which words name a part; the rest is tested by sentences, see test_follow_up_reading.py."""

from rt_grasp_ros.language.follow_up_naming import names_part


def test_a_bowl_is_a_thing_even_where_a_spoon_has_one():
    assert names_part("handle") and names_part("sharp end")
    assert not names_part("bowl") and not names_part("red bowl") and not names_part("mug")
