"""What the package imports, by its sources: for the tests of its rooms, and their drawing."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rt_grasp_ros"


class Import(NamedTuple):
    """One import, with slashes for dots.

    Attributes:
        module: what it names, such as `rt_grasp_ros/motion/robot` or `rclpy/node`.
        origin: the module or folder that `name` is taken from.
        name: what is taken, empty where that is the module itself.
    """

    module: str
    origin: str
    name: str


def rooms() -> list[str]:
    """Return the folders of the package, and `api.py`, which is a room of its own."""
    return [*sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")), "api.py"]


def imports_in(path: Path, nodes: Iterable[ast.AST] | None = None) -> Iterator[Import]:
    """Yield what a file imports, relative names resolved.

    Args:
        path: a file of the package.
        nodes: of its tree, those to look at; all of them where left out.
    """
    package = ("rt_grasp_ros", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(read_tree(path)) if nodes is None else nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name.replace(".", "/")
                yield Import(module, module, "")
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else ()
            origin = "/".join([*above, *filter(None, (node.module or "").split("."))])
            for alias in node.names:
                yield Import(
                    origin if node.module else f"{origin}/{alias.name}", origin, alias.name
                )


def imports_of(room: str) -> dict[str, set[str]]:
    """Return what is imported anywhere in a room, and by which files."""
    path = PACKAGE / room
    by_module: dict[str, set[str]] = {}
    for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
        for each in imports_in(file):
            by_module.setdefault(each.module, set()).add(file.relative_to(PACKAGE).as_posix())
    return by_module


def room_graph() -> dict[str, set[str]]:
    """Return the rooms that each room imports of."""
    names = {Path(room).stem: room for room in rooms()}
    return {
        room: {
            names[part]
            for module in imports_of(room)
            if module.startswith("rt_grasp_ros/") and (part := module.split("/")[1]) in names
        }
        - {room}
        for room in rooms()
    }


def read_tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))
