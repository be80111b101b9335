"""The generated pages of the documentation hold every interface and every error code."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from rt_grasp_ros.grasp.error_code import ErrorCode

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "docs_site.py"


@pytest.fixture(scope="module")
def site():
    spec = importlib.util.spec_from_file_location("docs_site", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_every_interface_and_every_of_its_fields_is_listed(site):
    page = site.interfaces_page()
    for kind in ("msg", "srv", "action"):
        for path in (ROOT / kind).iterdir():
            assert f"## rt_grasp_ros/{kind}/{path.stem}\n" in page
            for line in path.read_text().splitlines():
                code = line.partition("#")[0].split()
                if len(code) >= 2:
                    assert f"| `{code[1].partition('=')[0]}` |" in page, line


def test_fields_defaults_constants_and_comments_are_told_apart(site):
    introduction, (request, reply) = site.read_interface(
        "# What it\n# does.\n\nuint8 count 1  # how many\n"
        "float64 angle_rad  # in the picture,\n                   # modulo pi\n"
        "---\nuint16 OK=0  # all well\nstring[] names\n"
    )
    assert introduction == "What it does."
    assert [(e.name, e.type, e.value, e.meaning) for e in request.fields] == [
        ("count", "uint8", "1", "how many"),
        ("angle_rad", "float64", "", "in the picture, modulo pi"),
    ]
    assert [(e.name, e.value, e.meaning) for e in reply.constants] == [("OK", "0", "all well")]
    assert [e.name for e in reply.fields] == ["names"]


def test_what_is_no_interface_is_refused(site):
    with pytest.raises(ValueError, match="neither"):
        site.read_interface("uint8\n")


def test_the_page_on_errors_names_the_classes_of_every_code(site):
    page = site.with_classes((ROOT / "docs" / "errors.md").read_text(), site.classes_of_codes())
    rows = re.findall(r"^\| (\d+) \| `([A-Z_]+)` \| .+ \| (.*) \|$", page, re.MULTILINE)
    assert [(name, int(value)) for value, name, _ in rows] == [(c.name, c.value) for c in ErrorCode]
    classes = {name: cell for _, name, cell in rows}
    assert classes.pop("OK").strip() == ""
    assert all(cell.strip("` ") for cell in classes.values())
    assert classes["OPENING_TOO_WIDE"].strip() == "`OpeningTooWide`"
    assert classes["INTERNAL"].strip() == "`RtGraspError`"
    heads = re.findall(r"^\| code .*$", page, re.MULTILINE)
    assert set(heads) == {"| code | name | meaning | what to do | raised as |"}
