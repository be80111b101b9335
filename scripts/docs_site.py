"""Pages of the documentation that are generated: a hook of mkdocs, see `mkdocs.yml`.

`interfaces.md` is made of the files in `msg/`, `srv/` and `action/`, and the tables of `errors.md`
get the classes of `rt_grasp_ros/grasp/errors/`.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
INTERFACES_PAGE = "interfaces.md"
SECTIONS = {
    "msg": ("Fields",),
    "srv": ("Request", "Reply"),
    "action": ("Goal", "Result", "Feedback"),
}

_FIELD = re.compile(
    r"^(?P<type>\S+)\s+(?P<name>\w+)(?:\s+(?P<default>[^#\s]+))?\s*(?:#(?P<comment>.*))?$"
)
_CONSTANT = re.compile(
    r"^(?P<type>\S+)\s+(?P<name>[A-Z0-9_]+)=(?P<value>\S+)\s*(?:#(?P<comment>.*))?$"
)
_ERROR_ROW = re.compile(r"^\| (?P<value>\d+) \| `(?P<name>[A-Z_]+)` \|.*\|$")
_ERROR_HEADS = {
    "| code | name | meaning | what to do |": "| code | name | meaning | what to do | raised as |",
    "|---:|---|---|---|": "|---:|---|---|---|---|",
}


@dataclass
class Line:
    """A field or a constant of an interface.

    Attributes:
        type: as the file writes it.
        name: of the field or constant.
        value: of a constant, or the default of a field; empty where there is none.
        meaning: its comment.
    """

    type: str
    name: str
    value: str
    meaning: str


@dataclass
class Section:
    """What stands between two `---`."""

    fields: list[Line] = field(default_factory=list)
    constants: list[Line] = field(default_factory=list)


def read_interface(text: str) -> tuple[str, list[Section]]:
    """Return the comment that an interface file begins with, and its sections.

    A comment that stands alone further down goes on with the field above it.
    """
    introduction: list[str] = []
    sections = [Section()]
    last: Line | None = None
    for line in text.splitlines():
        line = line.strip()
        if line == "---":
            sections.append(Section())
            last = None
        elif line.startswith("#"):
            if last is not None:
                last.meaning = f"{last.meaning} {line.lstrip('# ')}".strip()
            elif not sections[0].fields and not sections[0].constants:
                introduction.append(line.lstrip("# "))
        elif not line:
            last = None
        elif found := _CONSTANT.match(line):
            last = _line(found, found["value"])
            sections[-1].constants.append(last)
        elif found := _FIELD.match(line):
            last = _line(found, found["default"] or "")
            sections[-1].fields.append(last)
        else:
            raise ValueError(f"'{line}' is neither a field nor a constant")
    return " ".join(introduction), sections


def interfaces_page(root: Path = ROOT) -> str:
    """Return the page on messages, services and actions, Markdown."""
    parts = [
        "# Interfaces",
        "Made of the files in `msg/`, `srv/` and `action/`. Which node offers what under which "
        "name: [topics and services](architecture.md#topics-and-services-relative-names).",
    ]
    for kind, titles in SECTIONS.items():
        for path in sorted((root / kind).glob(f"*.{kind}")):
            introduction, sections = read_interface(path.read_text(encoding="utf-8"))
            introduction = re.sub(r"docs/(\w+\.md)", r"[\g<0>](\1)", introduction)
            parts += [f"## rt_grasp_ros/{kind}/{path.stem}", introduction]
            for title, section in zip(titles, sections, strict=True):
                parts += _tables(f"{title} of {path.stem}", section)
    return "\n\n".join(parts) + "\n"


def with_classes(errors_page: str, classes: dict[str, list[str]]) -> str:
    """Return the page on error codes with a column of the classes that carry each code.

    Args:
        errors_page: `docs/errors.md`.
        classes: names of the classes, by name of the code.
    """
    lines = []
    for line in errors_page.splitlines():
        row = _ERROR_ROW.match(line)
        if row:
            names = ", ".join(f"`{name}`" for name in classes.get(row["name"], []))
            line = f"{line} {names} |"
        lines.append(_ERROR_HEADS.get(line, line))
    return "\n".join(lines) + "\n"


def classes_of_codes() -> dict[str, list[str]]:
    """Return the names of the failures that were given each code, by the code's name."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from rt_grasp_ros.grasp import errors

    found: dict[str, list[str]] = {}
    for name, value in vars(errors).items():
        if isinstance(value, type) and "code" in vars(value):
            found.setdefault(value.code.name, []).append(name)
    return found


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated page; called by mkdocs."""
    from mkdocs.structure.files import File

    files.append(File.generated(config, INTERFACES_PAGE, content=interfaces_page()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Complete the page on error codes; called by mkdocs for every page."""
    if page.file.src_uri == "errors.md":
        return with_classes(markdown, classes_of_codes())
    return markdown


def _line(found: re.Match[str], value: str) -> Line:
    return Line(found["type"], found["name"], value, (found["comment"] or "").strip())


def _tables(title: str, section: Section) -> list[str]:
    """Return a section as Markdown: its title, then a table of fields and one of constants."""
    parts = []
    if section.fields:
        rows = [(f"`{e.name}`", f"`{e.type}`", e.value, e.meaning) for e in section.fields]
        parts.append(_table(("field", "type", "default", "meaning"), rows))
    if section.constants:
        rows = [(f"`{e.name}`", f"`{e.type}`", e.value, e.meaning) for e in section.constants]
        parts.append(_table(("constant", "type", "value", "meaning"), rows))
    return [f"### {title}", *parts] if parts else []


def _table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table without the columns in which nothing stands."""
    used = [column for column in range(len(titles)) if any(row[column] for row in rows)]
    lines = [titles, ("---",) * len(titles), *rows]
    return "\n".join("| " + " | ".join(line[i] for i in used) + " |" for line in lines)
