"""The API pages name every module of their rooms; docstrings describe what is there."""

import ast
import importlib.util
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "rt_grasp_ros"


@pytest.fixture(scope="module")
def pages():
    spec = importlib.util.spec_from_file_location("api_pages", ROOT / "scripts" / "api_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("room", "start", "two"),
    [
        ("grasp", "# grasp\n\nGrasps in images and in space", {"lift", "plane"}),
        ("grasp/errors", "# grasp/errors\n\nFailures of the whole package", {"base", "camera"}),
    ],
)
def test_every_module_of_a_room_is_on_its_page_and_in_the_table_above(pages, room, start, two):
    page = pages.api_page(room)
    names = sorted(path.stem for path in (PACKAGE / room).glob("*.py") if path.stem[0] != "_")
    dotted = room.replace("/", ".")
    assert two < set(names)
    for name in names:
        assert f"\n::: rt_grasp_ros.{dotted}.{name}\n" in page
        assert f"| [`{name}`](#rt_grasp_ros.{dotted}.{name}) | " in page
    assert page.count(":::") == len(names)
    assert page.startswith(start)


def test_a_single_file_has_a_page_of_its_own(pages):
    page = pages.api_page("api.py")
    assert page.count(":::") == 1
    assert page.endswith("\n::: rt_grasp_ros.api\n")
    assert "(../python.md)" in page


def test_of_the_model_only_the_seams_are_shown(pages):
    assert pages.modules_of("model") == [
        f"rt_grasp_ros.model.{path.stem}" for path in sorted((PACKAGE / "model").glob("[a-z]*.py"))
    ]
    assert "torch_backend" not in pages.api_page("model")


def test_the_navigation_has_the_rooms_in_their_order(pages):
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    (reference,) = (each["Reference"] for each in site["nav"] if "Reference" in each)
    shown = [page for entry in reference for page in entry.values()]
    assert shown == [pages.page_of(room) for room in pages.API_ROOMS]


def described(docstring):
    """Yield the names below `Args:`."""
    lines = docstring.partition("\nArgs:\n")[2].splitlines()
    for line in lines:
        if line and not line.startswith(" "):
            return
        if line.startswith("    ") and line[4:5].strip() and ":" in line:
            yield from line.partition(":")[0].partition("(")[0].strip().lstrip("*").split(", ")


def test_described_names_are_found():
    text = "What.\n\nArgs:\n    a: one,\n        of: it.\n    b, *c: two.\n\nRaises:\n    E: why."
    assert list(described(text)) == ["a", "b", "*c"]


def test_every_argument_that_is_described_is_there():
    """A docstring that describes another one fails `make docs`, which `make test` does not run."""
    strange = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                given = node.args
                every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
                names = {arg.arg for arg in [*every, given.vararg, given.kwarg] if arg}
                told = {name.lstrip("*") for name in described(ast.get_docstring(node) or "")}
                strange += [f"{path.name}: {node.name}: {name}" for name in sorted(told - names)]
    assert strange == []
