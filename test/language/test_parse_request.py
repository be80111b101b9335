"""What a sentence asks for, forbids, and tells apart; nothing forbidding is overheard."""

import pytest

from benchmarks.strangers.said import (
    ACCIDENTAL,
    EXCLUSIONS_LATER,
    EXCLUSIONS_SEEN,
    REFUSED,
    is_kept_from,
    is_meant,
)
from rt_grasp_ros.language.known_uses import objects_for
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.refinement import load_follow_ups
from rt_grasp_ros.language.request import Intent, NearBy, Relation, Side, Size
from rt_grasp_ros.language.unseen_commands import load_unseen_commands
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.language.wordings import load_wordings

VOCABULARY = load_vocabulary()


@pytest.mark.parametrize("said", [EXCLUSIONS_SEEN, EXCLUSIONS_LATER], ids=["seen", "later"])
def test_what_is_excluded_is_excluded_or_the_command_is_refused(said):
    overheard = [sentence for forbidden, sentence in said if not is_kept_from(forbidden, sentence)]
    assert overheard == []


def test_most_exclusions_are_obeyed_rather_than_refused():
    obeyed = [parse_request(sentence).may_move for _, sentence in EXCLUSIONS_SEEN]
    assert sum(obeyed) >= 0.6 * len(obeyed)


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_is_no_command_for_one_grasp_moves_nothing(sentence):
    assert not parse_request(sentence).may_move


def test_commands_with_such_a_word_by_accident_still_work():
    lost = [sentence for noun, sentence in ACCIDENTAL if not is_meant(noun, sentence)]
    assert len(lost) <= 0.02 * len(ACCIDENTAL), lost


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [
        ("how many objects are there?", Intent.QUESTION),
        ("can you see the mug?", Intent.QUESTION),
        ("do not grasp the banana", Intent.PROHIBITION),
        ("never touch the scissors", Intent.PROHIBITION),
        ("put the banana into the mug", Intent.OTHER_ACTION),
        ("stop", Intent.OTHER_ACTION),
        ("grasp the banana and the mug", Intent.SEVERAL),
        ("take both mugs", Intent.SEVERAL),
        ("nimm die Banane", Intent.OTHER_LANGUAGE),
        ("attrape la banane", Intent.OTHER_LANGUAGE),
        ("\u6293\u4f4f\u9999\u8549", Intent.OTHER_LANGUAGE),
        ("hello", Intent.UNCLEAR),
        ("frobnicate the mug", Intent.UNCLEAR),
    ],
)
def test_each_kind_of_sentence_is_told_from_the_others(sentence, intent):
    assert parse_request(sentence).intent is intent


def test_every_template_of_the_vocabulary_is_a_plain_command_for_its_thing():
    for words in VOCABULARY.objects.values():
        noun = words.names[0]
        for template in VOCABULARY.whole_commands:
            request = parse_request(template.format(o=noun))
            assert (request.intent, request.noun, request.part) == (Intent.GRASP, noun, "")
            assert not request.excluded and not request.tells_which, template
        for part in words.parts.values():
            for template in VOCABULARY.part_commands:
                request = parse_request(template.format(o=noun, p=part.names[0]))
                assert (request.noun, request.part) == (noun, part.names[0]), template


def test_phrasings_that_training_never_saw_are_commands_too():
    commands = load_unseen_commands().templates
    for template in (*commands["name"], *commands["part"]):
        request = parse_request(template.format(o="mug", p="handle"))
        assert request.intent is Intent.GRASP, template
        assert request.noun == "mug", template


def test_every_polite_wording_of_training_is_a_command():
    wordings = load_wordings()
    for request_words in wordings.requests:
        for verb in wordings.verbs:
            sentence = f"{request_words} {verb} the mug"
            request = parse_request(sentence)
            assert request.intent is Intent.GRASP and request.noun == "mug", sentence
    for opening in wordings.openings:
        for closing in wordings.closings:
            sentence = f"{opening} grasp the mug {closing}"
            request = parse_request(sentence)
            assert request.intent is Intent.GRASP and request.noun == "mug", sentence


def test_every_follow_up_of_training_is_one():
    follow_ups = load_follow_ups()
    said = [
        phrase.format(o="mug", p="handle")
        for kind in (follow_ups.refinements, follow_ups.redirections)
        for change in kind.values()
        for phrase in (*change.phrases, *change.unseen)
    ]
    lost = [one for one in said if not parse_request(one, is_follow_up=True).may_move]
    assert lost == []


@pytest.mark.parametrize(
    "sentence", ["how heavy is it?", "don't take it", "put it down", "stop", "pour it out"]
)
def test_after_a_grasp_a_question_or_prohibition_still_moves_nothing(sentence):
    assert not parse_request(sentence, is_follow_up=True).may_move


def test_what_is_excluded_is_named_with_whether_it_is_a_part():
    request = parse_request("grasp the scissors, but not by the blades and not the banana")
    assert [(one.words, one.is_part) for one in request.excluded] == [
        ("blades", True),
        ("banana", False),
    ]
    assert request.plain == "grasp the scissors"


@pytest.mark.parametrize(
    ("sentence", "side"),
    [
        ("grasp the mug on the left", Side.LEFT),
        ("take the rightmost mug", Side.RIGHT),
        ("the mug nearest to the robot", Side.FRONT),
        ("pick up the farthest mug", Side.BACK),
        ("grab the middle one", Side.MIDDLE),
        ("grasp the banana by its middle", None),
        ("take the mug right away", None),
    ],
)
def test_the_side_is_understood(sentence, side):
    assert parse_request(sentence).side is side


def test_size_colour_and_neighbours_are_understood():
    taller = parse_request("grasp the taller of the two bottles")
    assert (taller.size, taller.noun) == (Size.TALLEST, "bottle")
    red = parse_request("take the red mug with the blue handle")
    assert red.colours == ("red",)
    assert parse_request("the grey one please").colours == ("gray",)
    assert parse_request("take the one that is not red").excluded_colours == ("red",)
    beside = parse_request("grasp the box next to the banana")
    assert (beside.noun, beside.near) == ("box", NearBy(Relation.BESIDE, "banana"))
    assert beside.plain == "grasp the box"


def test_it_is_whatever_the_model_finds():
    request = parse_request("please grasp it")
    assert (request.intent, request.noun, request.excluded) == (Intent.GRASP, "", ())
    assert not parse_request("do not grasp it").may_move


def test_a_thing_both_wanted_and_excluded_is_unclear():
    assert parse_request("grasp the mug, but not the mug").intent is Intent.UNCLEAR


def test_a_part_that_is_left_over_beside_a_not_is_unclear():
    assert parse_request("take the brush. Bristles? No.").intent is Intent.UNCLEAR


@pytest.mark.parametrize(
    "command",
    [
        "under no circumstances lift the banana",
        "under absolutely no circumstances lift the banana",
        "on no account grasp the mug",
        "by no means take the mug",
        "in no case pick up the scissors",
        "at no time lift the hammer",
        "in no way touch the mug",
        "the mug must on no account be lifted",
        "the mug may at no time be touched",
        "take the mug at no time",
        "pick up the mug on no condition",
        "hands away from the box",
        "fingers well away from the box",
        "back off from the mug",
        "whatever you do, do not lift the mug",
        "no one picks up the mug",
        "do not dream of taking the mug",
    ],
)
def test_what_is_forbidden_in_other_words_moves_nothing(command):
    """Some of these were once taken for a command to grasp an "under", or the very thing."""
    assert parse_request(command).intent in (Intent.PROHIBITION, Intent.UNCLEAR)


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("take the scissors. under no circumstances touch the blades", "blades"),
        ("take the mug and under no circumstances its handle", "handle"),
        ("grab the knife, hands away from the blade", "blade"),
    ],
)
def test_a_part_is_excluded_in_the_same_words(command, part):
    request = parse_request(command)
    assert request.intent is Intent.GRASP
    assert [one.words for one in request.excluded] == [part]


def test_in_no_time_forbids_nothing():
    request = parse_request("you will have the mug in no time: take the mug")
    assert request.intent is not Intent.PROHIBITION
    assert parse_request("take the mug in no time").noun == "mug"


@pytest.mark.parametrize(
    ("sentence", "noun", "excluded"),
    [
        ("grasp anything except the cup and the can", "", ["cup", "can"]),
        ("grasp anything but the cup, the mug", "", ["cup", "mug"]),
        ("grasp something other than the cup, the can, or the mug", "", ["cup", "can", "mug"]),
        ("take whatever you like, apart from the mug and the knife", "", ["mug", "knife"]),
        ("take the pen without touching the cup & the can", "pen", ["cup", "can"]),
        ("grasp the pen, not the cup and the can", "pen", ["cup", "can"]),
        ("instead of the cup and the can take the pen", "pen", ["cup", "can"]),
        ("do not touch the cup and the can, take the pen", "pen", ["cup", "can"]),
        ("do not touch the cup and take the pen", "pen", ["cup"]),
        (
            "pick up the screwdriver, avoiding its handle and its tip",
            "screwdriver",
            ["handle", "tip"],
        ),
        ("grasp the knife, but not by the blade and the tip", "knife", ["blade", "tip"]),
        ("grasp the mug, not by its handle and carefully", "mug", ["handle"]),
    ],
)
def test_a_list_of_what_is_excluded_is_excluded_whole(sentence, noun, excluded):
    request = parse_request(sentence)
    assert (request.noun, [one.words for one in request.excluded]) == (noun, excluded)


@pytest.mark.parametrize(
    ("sentence", "noun", "colours"),
    [
        ("grasp the dark blue box", "box", ("blue",)),
        ("pick up the light green cup", "cup", ("green",)),
        ("take the dark box", "box", ("black",)),
        ("grasp the red and white can", "can", ("red", "white")),
        ("pick up the black and light gray box", "box", ("black", "gray")),
        ("grasp the metallic thing", "", ("gray",)),
        ("grasp the light bulb", "light bulb", ()),
    ],
)
def test_shades_and_joined_colours_are_of_one_thing(sentence, noun, colours):
    request = parse_request(sentence)
    assert (request.intent, request.noun, request.colours) == (Intent.GRASP, noun, colours)


@pytest.mark.parametrize(
    ("sentence", "noun", "colours"),
    [
        ("grasp the orange", "orange", ()),
        ("grasp the red orange", "orange", ("red",)),
        ("grasp the orange one", "", ("orange",)),
        ("grasp the orange mug", "mug", ("orange",)),
        ("grasp the thing that is orange", "", ("orange",)),
        ("grab whatever is orange", "", ("orange",)),
        ("grasp the thing in orange", "", ("orange",)),
        ("take something orange", "", ("orange",)),
    ],
)
def test_orange_is_a_fruit_where_nothing_else_is_named(sentence, noun, colours):
    request = parse_request(sentence)
    assert (request.noun, request.colours) == (noun, colours)


@pytest.mark.parametrize("name", ["wine glass", "salad bowl", "metal bowl", "chocolate bar"])
def test_what_is_a_thing_of_its_own_is_no_part(name):
    request = parse_request(f"pick up the {name}")
    assert (request.noun, request.part) == (name, "")


def test_the_bowl_of_a_spoon_is_its_part():
    for sentence in ("grasp the spoon bowl", "grasp the bowl of the spoon"):
        request = parse_request(sentence)
        assert (request.noun, request.part) == ("spoon", "bowl")


def test_colours_are_excluded_as_a_list_too():
    request = parse_request("take any block except the red and the blue one")
    assert (request.noun, request.excluded_colours) == ("block", ("red", "blue"))


def test_what_is_said_instead_of_the_excluded_is_not_excluded():
    assert parse_request("not the cup, the can").noun == "can"
    assert parse_request("not the cup but the can").noun == "can"


@pytest.mark.parametrize(
    "sentence",
    [
        "the mug, no thanks",
        "grasp the mug. no",
        "grasp the mug, no wait",
        "grasp the mug, never mind",
        "grasp the mug, actually no",
        "grasp the mug, on second thought don't",
        "grasp the mug, better not",
    ],
)
def test_what_is_taken_back_moves_nothing(sentence):
    assert parse_request(sentence).intent is Intent.UNCLEAR


@pytest.mark.parametrize("sentence", ["no, grasp the mug", "never mind, take the mug"])
def test_a_no_to_something_before_takes_nothing_back(sentence):
    assert parse_request(sentence).noun == "mug"


def test_every_sentence_that_training_says_of_a_thing_is_understood():
    vocabulary = load_vocabulary()
    wrong = []
    for words in vocabulary.objects.values():
        parts = {name for part in words.parts.values() for name in part.names}
        parts -= {"front"}  # a side as well
        for name in words.names:
            said = {template.format(o=name): "" for template in vocabulary.whole_commands}
            said |= {t.format(o=name, p=p): p for t in vocabulary.part_commands for p in parts}
            for sentence, part in said.items():
                request = parse_request(sentence)
                if (request.intent, request.part) != (Intent.GRASP, part):
                    wrong.append((sentence, request.unclear or request.part))
    assert wrong == []


@pytest.mark.parametrize(
    "name",
    [
        "pair of pliers",
        "pair of goggles",
        "pair of swimming goggles",
        "pair of reading glasses",
        "pair of tweezers",
        "box of nails",
        "can of beans",
        "bag of chips",
    ],
)
def test_what_a_thing_is_of_is_no_several(name):
    request = parse_request(f"take the {name}")
    assert (request.intent, request.noun) == (Intent.GRASP, name)


@pytest.mark.parametrize("name", ["pair of shoes", "pair of red socks", "pair of mugs"])
def test_a_pair_of_things_is_several(name):
    assert parse_request(f"take the {name}").intent is Intent.SEVERAL


@pytest.mark.parametrize(
    "sentence",
    ["i want to grasp the brush", "we need to pick up the brush", "i want to get the brush"],
)
def test_a_wish_to_take_is_a_command(sentence):
    request = parse_request(sentence)
    assert (request.intent, request.noun) == (Intent.GRASP, "brush")


def test_every_use_that_training_says_is_a_purpose():
    vocabulary = load_vocabulary()
    for words in vocabulary.objects.values():
        for use in words.uses:
            for template in vocabulary.purpose_commands:
                request = parse_request(template.format(u=use))
                assert words.names[0] in objects_for(request.purpose), template.format(u=use)
