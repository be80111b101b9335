"""Every page of the documentation can be found, and every link in it leads somewhere."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SITE = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
ROOMS = (
    "api",
    "errors",
    "grasp",
    "language",
    "metrics",
    "model",
    "motion",
    "pipeline",
    "proposals",
)
GENERATED = {"interfaces.md", *(f"api/{room}.md" for room in ROOMS)}
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def anchors(page):
    """Return the anchors of a page's titles, as mkdocs makes them."""
    titles = re.findall(r"^#+ (.+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    kept = (re.sub(r"[^\w\s-]", "", title).strip().lower() for title in titles)
    return {re.sub(r"[-\s]+", "-", title) for title in kept}


def links(path):
    return _LINK.findall(_CODE.sub("", path.read_text(encoding="utf-8")))


def nav_pages(entries):
    for entry in entries:
        for value in entry.values():
            yield from nav_pages(value) if isinstance(value, list) else [value]


def test_the_navigation_names_every_page_once():
    assert sorted(nav_pages(SITE["nav"])) == sorted({*PAGES, *GENERATED})


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_of_a_page_leads_somewhere(page):
    for link in links(DOCS / page):
        target, _, anchor = link.partition("#")
        if "://" in link or target in GENERATED:
            continue
        found = (DOCS / page).parent / target if target else DOCS / page
        assert found.is_file(), link
        assert found.is_relative_to(DOCS) and ".." not in target, f"{link} leaves the site"
        if anchor:
            assert anchor in anchors(found.relative_to(DOCS)), link


def test_the_readme_links_to_files_that_are_there():
    targets = {link.partition("#")[0] for link in links(ROOT / "README.md") if "://" not in link}
    assert "docs/index.md" in targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_folder_is_explained():
    git = shutil.which("git") or pytest.skip("not run here: needs git")
    listed = subprocess.run([git, "ls-files", "*/*"], cwd=ROOT, capture_output=True, text=True)
    folders = {path.partition("/")[0] for path in listed.stdout.splitlines()}
    if not folders:
        pytest.skip("not run here: needs a checkout of git")
    kept = {name for name in folders if name[0] != "."}
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("## Beside the package\n")[2].partition("\n## ")[0]
    named = re.findall(r"`(\w+)/`", "".join(re.findall(r"^\| .*? \|", table, re.MULTILINE)))
    assert sorted(named) == sorted(kept)


def test_nothing_is_fetched_from_elsewhere():
    assert SITE["theme"]["font"] is False
    # `offline` brings a script of unpkg.com, `inventories` would ask other projects' sites.
    search, api = SITE["plugins"]
    assert (search, *api) == ("search", "mkdocstrings")
    assert api["mkdocstrings"].keys() == {"handlers"}
    python = api["mkdocstrings"]["handlers"]["python"]
    assert python.keys() == {"paths", "options"}
    assert python["paths"] == ["."]
    assert python["options"]["allow_inspection"] is False  # nothing is imported, either
    assert not SITE.keys() & {"extra_javascript", "extra"}
    assert SITE["extra_css"] == ["site.css"]
    style = (DOCS / "site.css").read_text(encoding="utf-8")
    assert "{" in style and "url(" not in style and "@import" not in style


def test_figures_are_small():
    sizes = {path.name: path.stat().st_size for path in (DOCS / "images").iterdir()}
    assert {
        name for name, size in sizes.items() if name.endswith(".svg") and size > 100_000
    } == set()
