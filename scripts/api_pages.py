"""Pages on the package's modules, a page a room: a hook of mkdocs, see `mkdocs.yml`.

What stands on them comes from the docstrings, which mkdocstrings reads without importing anything.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rt_grasp_ros"
API_ROOMS = (
    "api.py",
    "grasp",
    "grasp/errors",
    "language",
    "motion",
    "pipeline",
    "proposals",
    "model",
    "metrics",
)
"""What other programs may build on, in the order of the navigation.

Of `model` only the seams: what is in its folders is behind them.
"""


def page_of(room: str) -> str:
    """Return the page of a room within the documentation, such as `api/grasp.md`."""
    return f"api/{Path(room).stem}.md"


def modules_of(room: str) -> list[str]:
    """Return the modules on a room's page, such as `rt_grasp_ros.grasp.lift`."""
    path = PACKAGE / room
    files = [path] if path.is_file() else sorted(path.glob("[a-z]*.py"))
    return [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]


def api_page(room: str) -> str:
    """Return a room's page, Markdown; mkdocstrings fills it in."""
    path = PACKAGE / room
    if path.is_file():
        parts = ["# Python API", "What to type first: [from Python](../python.md)."]
    else:
        rooms = "[rooms](../architecture.md#rooms)"
        parts = [f"# {room}", _says(path / "__init__.py"), f"What it may import: {rooms}."]
        names = [(module, module.rpartition(".")[2]) for module in modules_of(room)]
        rows = [
            f"| [`{name}`](#{module}) | {_says(path / f'{name}.py').splitlines()[0]} |"
            for module, name in names
        ]
        parts.append("\n".join(["| module | what it is about |", "|---|---|", *rows]))
    parts += [f"::: {module}" for module in modules_of(room)]
    return "\n\n".join(parts) + "\n"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page a room; called by mkdocs."""
    from mkdocs.structure.files import File

    for room in API_ROOMS:
        files.append(File.generated(config, page_of(room), content=api_page(room)))
    return files


def _says(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
