"""The rooms import what the table in docs/architecture.md lets them import, and no more."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from scripts.draw_architecture import DRAWING, drawing
from scripts.room_imports import (
    PACKAGE,
    ROOT,
    imports_in,
    imports_of,
    read_tree,
    room_graph,
    rooms,
)

ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[tuple[str, str]]:
    """Return first and last cell of each row of the table under a heading."""
    section = ARCHITECTURE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([\w./]+?)/?` \| .* \| (.*) \|$", section, re.MULTILINE)


def named(cell: str) -> list[str]:
    """Return the modules and folders that a cell names, as `motion/robot` or `grasp`."""
    return re.findall(r"`([\w/]+?)/?(?:\.py)?`", cell)


MAY_IMPORT = {
    room: None if cell.startswith("everything") else named(cell) for room, cell in rows("Rooms")
}
WITHIN = {folder: named(cell) for folder, cell in rows("Rooms within rooms")}
DIVIDED = sorted({folder.partition("/")[0] for folder in WITHIN})
ANYBODYS = ("closing", "resources", "whole_file", "with_parent", "__version__")
"""Single files without a row: where data is; what is closed, written whole, ends together."""

GENERATED = (["msg"], ["srv"], ["action"])
"""What the build makes of the interfaces."""


def at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a tree's nodes but those for type checkers alone."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
            yield from at_run_time(child)


def test_every_room_has_a_row():
    assert set(rooms()) == MAY_IMPORT.keys()


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


def test_the_drawing_shows_what_the_code_imports():
    assert DRAWING.read_text(encoding="utf-8") == drawing(room_graph()), (
        "the rooms import otherwise than is drawn: python -m scripts.draw_architecture"
    )


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("rclpy", {"ros", "cli/doctor.py"}),
        ("torch", {"model", "learn", "cli/train.py", "cli/ablate.py", "bench"}),
        ("mujoco", {"sim", "data/sim_data.py"}),
        ("viser", {"browser"}),
        ("mcp", {"agent"}),
    ],
)
def test_heavy_libraries_stay_in_their_rooms(library, rooms):
    for room in MAY_IMPORT:
        for module, files in imports_of(room).items():
            if module.partition("/")[0] == library:
                assert {f for f in files if not {f, f.partition("/")[0]} & rooms} == set()


def our_imports(path: Path, nodes: Iterator[ast.AST]) -> Iterator[tuple[Path, str]]:
    """Yield of every import of ours the folder or module that it names, and the name it takes."""
    for each in imports_in(path, nodes):
        package, *inner = each.origin.split("/")
        if each.name and package == "rt_grasp_ros" and inner[:1] not in GENERATED:
            yield PACKAGE.joinpath(*inner), each.name


def module_of(path: Path, name: str) -> Path | None:
    """Return the file behind `from path import name`; None where there is none."""
    candidates = (path / f"{name}.py", path / name / "__init__.py", path.with_suffix(".py"))
    found = next((each for each in candidates if each.exists()), None)
    init = path / "__init__.py"
    return found or (init if init.exists() and name in init.read_text(encoding="utf-8") else None)


def test_every_import_of_ours_names_a_module_that_is_there():
    """Mypy says nothing of those that are not: it has to ignore what is not installed."""
    missing = [
        f"{path.relative_to(PACKAGE)}: {name} of {module.relative_to(PACKAGE)}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for module, name in our_imports(path, ast.walk(read_tree(path)))
        if module_of(module, name) is None
    ]
    assert missing == []


def test_no_module_imports_itself_through_others():
    """Imports within functions count, too; those for type checkers alone do not."""
    graph = {
        path: {
            module_of(module, name)
            for module, name in our_imports(path, at_run_time(read_tree(path)))
        }
        - {path, None}
        for path in PACKAGE.rglob("*.py")
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError([str(path.relative_to(PACKAGE)) for path in error.args[1]]) from None


@pytest.mark.parametrize("room", DIVIDED)
def test_every_folder_of_a_divided_room_has_a_row(room):
    folders = {f"{room}/{path.parent.name}" for path in (PACKAGE / room).glob("*/__init__.py")}
    assert folders == {folder for folder in WITHIN if folder.startswith(f"{room}/")}


@pytest.mark.parametrize("folder", WITHIN)
def test_a_folder_imports_of_its_room_what_its_row_says(folder):
    room = folder.partition("/")[0]
    used = {
        "/".join(Path(module).parts[1:]): files
        for module, files in imports_of(folder).items()
        if module.startswith(f"rt_grasp_ros/{room}/")
    }
    # A folder by its name, a file of the room itself by its own.
    by_part = {"/".join(module.split("/")[:2]): files for module, files in used.items()}
    allowed = {folder, *(f"{room}/{part}" for part in WITHIN[folder])}
    assert {part: files for part, files in by_part.items() if part not in allowed} == {}
    assert allowed - {folder, *by_part} == set()


def test_the_command_line_starts_without_what_is_heavy():
    script = (
        "import sys; from rt_grasp_ros.cli.__main__ import build_parser; build_parser();"
        "print({'torch', 'transformers', 'rclpy', 'mujoco', 'onnxruntime'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "set()", done.stderr
