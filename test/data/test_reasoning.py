import json

import pytest
from real_data import ROOT, needs_cornell

from rt_grasp_ros.data.reasoning import load_reasoning, template_problems, with_articles

TEMPLATES = load_reasoning()
ALL = [
    *TEMPLATES.generic,
    *(template for category in TEMPLATES.categories.values() for template in category.templates),
]


@pytest.mark.parametrize("template", ALL)
def test_every_template_keeps_the_rules(template):
    assert template_problems(template) == []


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("The {object} {place} {where} {closing", "parse"),
        ("The {object} {place} {where} {closing} {colour}.", "colour"),
        ("The {object} {place} {where}.", "closing"),
        ("The {object} {place} {place} {where} {closing}.", "twice"),
        ("The {object} {place} {where} {closing}, in the middle.", "states"),
        ("The {object} {place} {where} {closing}, from bottom to top.", "states"),
        ("The {object} {place} {where} {closing}, towards its left end.", "states"),
        ("The {object} {place} {where} {closing} by 30 degrees.", "number"),
        ("The {object} {place} {where} {closing}", "full stop"),
        ("The {} {object} {place} {where} {closing}.", "no field"),
    ],
)
def test_a_template_against_the_rules_is_refused(template, problem):
    assert any(problem in found for found in template_problems(template))


def test_every_category_has_several_and_none_twice():
    assert len(TEMPLATES.generic) >= 3
    assert all(len(category.templates) >= 3 for category in TEMPLATES.categories.values())
    assert len(set(ALL)) == len(ALL)


def test_every_reason_speaks_of_no_place_of_its_own():
    for clauses in TEMPLATES.why.values():
        assert len(clauses) >= 3
        for clause in clauses:
            assert template_problems(f"{{object}} {{place}} {{where}} {{closing}} {clause}.") == []


def test_groups_name_categories():
    assert set().union(*TEMPLATES.alike) <= set(TEMPLATES.categories)


def test_an_unknown_name_gets_the_generic_templates():
    assert TEMPLATES.category("gearbox").say == "gearbox"
    assert TEMPLATES.category("").say == "object"
    assert TEMPLATES.category("gearbox").templates == TEMPLATES.generic


def test_articles():
    assert with_articles(["cup"]) == "a cup"
    assert with_articles(["cup", "onion", "pair of scissors"]) == (
        "a cup, an onion and a pair of scissors"
    )


@needs_cornell
def test_every_name_of_the_cornell_data_has_its_own_templates():
    names = set()
    for path in (ROOT / "cornell").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            names.add(json.loads(line)["obj_name"])
    assert names <= set(TEMPLATES.categories)
