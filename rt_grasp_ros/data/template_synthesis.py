"""More reasoning templates, proposed and refined by a language model, for a person to review.

After RT-Grasp (arXiv 2411.05212): a language model drafts templates for a category, a second
request refines them, a person checks them. Here the fields are checked as well before anyone reads.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..grasp.errors import DataInvalid
from ..whole_file import whole_file
from .reasoning import Category, template_problems

Ask = Callable[[list[dict[str, str]]], Awaitable[str]]
"""Sends chat messages (`role`, `content`) to a language model and returns its reply."""

_RULES = """\
A template is one to three short sentences in which a robot with a parallel two-finger gripper says
what it sees and how it grasps, looking down at a table. Rules:
- Exactly these fields, each at most once, in braces:
  {object} the name; {place} where the grasp lies in the picture, such as "at the lower left";
  {where} where on the object, such as "halfway along its length", "by its left side", "around its
  centre", it completes "I take it ..."; {closing} along which line the jaws close, such as "from
  left to right", it completes "close ..."; and if wanted
  {extent} how it lies, such as "stretches from its left to its right", it completes "It ...";
  {why} a clause that gives a reason, it follows a comma.
- {object}, {place}, {where} and {closing} must all occur.
- Name no place, direction, number, colour or part of the object except through a field: the same
  template is used for every grasp on every object of the category.
- Say what is true of every such object and why it matters for grasping it: shape, material, weight,
  what must not be touched.
- End with a full stop.
Reply with a JSON list of strings and nothing else."""

_HEADER = """\
# Proposed by a language model; nothing here is used until a person moves it.
# Read each template: is it true of every such object, and good English? Then move it to
# rt_grasp_ros/data/templates/recorded.yaml and run test/data/test_reasoning.py.
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a language model proposed for a category.

    Attributes:
        category: its name.
        templates: those that keep the rules and are new.
        refused: the others, with what is wrong.
    """

    category: str
    templates: tuple[str, ...]
    refused: Mapping[str, tuple[str, ...]]


async def propose(name: str, known: Category, count: int, ask: Ask) -> Proposal:
    """Let a language model draft templates, and refine them in a second request.

    Args:
        name: of the category.
        known: the templates that there are; they serve as examples.
        count: how many to ask for.
        ask: sends the requests.

    Raises:
        DataInvalid: a reply holds no list of templates.
    """
    examples = "\n".join(f"- {template}" for template in known.templates[:3])
    messages = [
        {"role": "system", "content": _RULES},
        {
            "role": "user",
            "content": f"Category: {known.say}\nTemplates that there are already:\n{examples}\n"
            f"Write {count} more, each with another reason.",
        },
    ]
    reply = await ask(messages)
    findings = "\n".join(
        f"- {template}\n  {'; '.join(template_problems(template)) or 'keeps the rules'}"
        for template in read_templates(reply)
    )
    messages += [
        {"role": "assistant", "content": reply},
        {
            "role": "user",
            "content": f"A check against the rules found:\n{findings}\nMend what is wrong, remove "
            "what is not true of every such object, and make the wording plain and varied. Reply "
            "with the JSON list of all refined templates.",
        },
    ]
    refined = dict.fromkeys(read_templates(await ask(messages)))
    problems = {
        template: tuple(template_problems(template))
        or (("it is there already",) if template in known.templates else ())
        for template in refined
    }
    return Proposal(
        category=name,
        templates=tuple(template for template, found in problems.items() if not found),
        refused={template: found for template, found in problems.items() if found},
    )


def read_templates(reply: str) -> list[str]:
    """Return the strings of the JSON list in a reply, whatever stands around it.

    Raises:
        DataInvalid: there is no such list.
    """
    try:
        found = json.loads(reply[reply.index("[") : reply.rindex("]") + 1])
    except ValueError:
        found = None
    if not found or not all(isinstance(template, str) for template in found):
        raise DataInvalid(
            "The language model's reply holds no JSON list of templates; try again, or another "
            "model."
        )
    return [" ".join(template.split()) for template in found]


def reviewed_categories(path: Path) -> set[str]:
    """Return the categories that a review file holds already.

    Raises:
        DataInvalid: the file is no review file.
    """
    return set(_read_review(path))


def add_to_review(path: Path, proposals: Sequence[Proposal]) -> None:
    """Write proposals into a review file, beside what it holds; whole or not at all.

    Raises:
        DataInvalid: the file is no review file.
    """
    review = _read_review(path)
    for proposal in proposals:
        review[proposal.category] = {
            "templates": list(proposal.templates),
            "refused": {template: list(found) for template, found in proposal.refused.items()},
        }
    text = yaml.safe_dump({"review": review}, sort_keys=False, allow_unicode=True, width=100)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        partial.write_text(_HEADER + text, encoding="utf-8")


def _read_review(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        review = yaml.safe_load(path.read_text(encoding="utf-8"))["review"]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise DataInvalid(
            f"'{path}' is no review file of `rt-grasp data templates`; give another --out."
        ) from error
    return dict(review)
