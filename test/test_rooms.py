"""The rooms import what the table in docs/architecture.md lets them import, and no more."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rt_grasp_ros"
TABLE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Rooms")[2]
ROWS = re.findall(r"^\| `([\w.]+)/?` \| .* \| (.*) \|$", TABLE.partition("\n## ")[0], re.MULTILINE)
MAY_IMPORT = {
    room: None if cell.startswith("everything") else re.findall(r"`([\w/]+)(?:\.py)?`", cell)
    for room, cell in ROWS
}
ANYBODYS = ("resources", "whole_file", "__version__")
"""Single files without a row: where data files are, and how a file is written whole."""


def imported(source: str, package: tuple[str, ...]) -> Iterator[str]:
    """Yield what a file of this package imports, as `motion/robot` or `rclpy/node`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.replace(".", "/") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else ()
            module = [*above, *filter(None, (node.module or "").split("."))]
            names = [[]] if node.module else [[alias.name] for alias in node.names]
            yield from ("/".join([*module, *name]) for name in names)


def imports_of(room: str) -> dict[str, set[str]]:
    """Return what is imported anywhere in a room, and by which files."""
    path = PACKAGE / room
    by_module: dict[str, set[str]] = {}
    for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
        package = ("rt_grasp_ros", *file.relative_to(PACKAGE).parts[:-1])
        for module in imported(file.read_text(encoding="utf-8"), package):
            by_module.setdefault(module, set()).add(file.relative_to(PACKAGE).as_posix())
    return by_module


def test_every_room_has_a_row():
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert rooms | {"api.py"} == MAY_IMPORT.keys()


@pytest.mark.parametrize("room", [room for room, may in MAY_IMPORT.items() if may is not None])
def test_a_room_imports_what_its_row_says(room):
    allowed = {room, *MAY_IMPORT[room], *ANYBODYS}
    ours = {
        module.removeprefix("rt_grasp_ros/"): files
        for module, files in imports_of(room).items()
        if module.startswith("rt_grasp_ros/")
    }
    strange = {
        module: files
        for module, files in ours.items()
        if module.partition("/")[0] not in allowed and module not in allowed
    }
    assert strange == {}
    used = {*ours, *(module.partition("/")[0] for module in ours)}
    assert set(MAY_IMPORT[room]) - used == set()


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("rclpy", {"ros", "cli/doctor.py"}),
        ("torch", {"model", "learn", "cli/train.py", "cli/ablate.py", "bench"}),
        ("mujoco", {"sim", "data/sim_data.py"}),
        ("viser", {"browser"}),
    ],
)
def test_heavy_libraries_stay_in_their_rooms(library, rooms):
    for room in MAY_IMPORT:
        for module, files in imports_of(room).items():
            if module.partition("/")[0] == library:
                assert {f for f in files if not {f, f.partition("/")[0]} & rooms} == set()
