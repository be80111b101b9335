from rt_grasp_ros.language.phrasings import known_phrasings
from rt_grasp_ros.language.vocabulary import load_vocabulary


def test_every_part_and_every_refusal_is_phrased():
    vocabulary = load_vocabulary()
    phrasings = list(known_phrasings(vocabulary))
    assert not any("{" in phrasing for phrasing in phrasings)
    for words in vocabulary.objects.values():
        for part in words.parts.values():
            assert sum(part.take in phrasing for phrasing in phrasings) >= len(
                vocabulary.grasp_answers
            )
    assert any("no name for it" in phrasing for phrasing in phrasings)
    assert any(phrasing.endswith("No grasp.") for phrasing in phrasings)


def test_all_places_and_directions_come_up():
    text = " ".join(known_phrasings(load_vocabulary()))
    for phrase in (
        "at the upper left",
        "in the middle",
        "at the lower right",
        "from bottom to top",
    ):
        assert phrase in text
