"""How `scripts/on_gpu.sh` divides its minutes and keeps what it has; it was not run on a GPU."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "on_gpu.sh"
# Stands for Python: notes what it is asked, lacks what LACKS names, writes what a benchmark writes.
PYTHON = """\
#!/bin/bash
echo "$@" >>"$NOTES"
case "$*" in
  *find_spec*) for name in "$@"; do [ "$name" = "$LACKS" ] && echo "$name"; done; exit 0 ;;
  *"cli bench"*)
    while [ "$1" != --json ]; do shift; done
    echo '{}' >"$2"
    exit "${BENCH_ENDS_WITH:-0}" ;;
  *_table*) echo "| a table |" ;;
  *pytest*) echo "3 passed" ;;
esac
"""


@pytest.fixture
def run(tmp_path):
    def run(*arguments, **settings):
        python = tmp_path / "python"
        python.write_text(PYTHON)
        python.chmod(0o755)
        notes = tmp_path / "notes.txt"
        notes.unlink(missing_ok=True)
        environment = {"PATH": "/usr/bin:/bin", "PYTHON": str(python), "NOTES": str(notes)}
        done = subprocess.run(
            ["bash", str(SCRIPT), *arguments],
            env={**environment, "LACKS": "nothing", **settings},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        return done, notes.read_text() if notes.exists() else ""

    return run


def seconds(done):
    return {name: int(s) for name, s in re.findall(r"^(\w+): has (\d+) s$", done.stdout, re.M)}


def test_every_part_has_its_share_of_the_minutes_and_leaves_its_table(run, tmp_path):
    done, notes = run("60", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout + done.stderr
    given = seconds(done)
    # Next to nothing is used up, so that each part gets its share of the whole hour.
    assert list(given) == ["tests", "gpu", "training"]
    assert 1100 < given["tests"] <= 3600 * 33 // 100
    assert 2500 < given["gpu"] <= 3600 * 50 // 67
    assert 3350 < given["training"] <= 3600
    assert "-m pytest -m gpu -q" in notes
    (minutes,) = re.findall(r"cli bench training .*--minutes (\S+)", notes)
    assert float(minutes) == pytest.approx(given["training"] / 60, abs=0.001)
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left == {
        "machine.txt", "tests.txt", "gpu.json", "gpu.md", "training.json", "training.md",
    }  # fmt: skip
    assert (tmp_path / "out" / "gpu.md").read_text() == "| a table |\n"
    assert (tmp_path / "out" / "tests.txt").read_text() == "3 passed\n"


def test_a_part_alone_has_all_of_the_minutes(run, tmp_path):
    done, notes = run("60", str(tmp_path / "out"), "gpu")
    assert list(seconds(done)) == ["gpu"]
    assert 3350 < seconds(done)["gpu"] <= 3600
    assert "-m pytest" not in notes and "bench training" not in notes


def test_a_part_that_lacks_something_says_so_and_the_others_are_run(run, tmp_path):
    done, notes = run("60", str(tmp_path / "out"), LACKS="peft")
    assert done.returncode == 1
    assert "training: left out, for it needs peft" in done.stdout
    assert list(seconds(done)) == ["tests", "gpu"]
    assert "bench training" not in notes


def test_a_benchmark_that_is_cut_off_leaves_the_table_of_its_rows(run, tmp_path):
    done, _ = run("60", str(tmp_path / "out"), "gpu", "training", BENCH_ENDS_WITH="1")
    assert done.returncode == 1
    assert (tmp_path / "out" / "gpu.md").read_text() == "| a table |\n"
    assert (tmp_path / "out" / "training.md").exists()


def test_a_tiny_model_is_asked_for_by_the_environment(run, tmp_path):
    _, notes = run("60", str(tmp_path / "out"), "gpu", TINY="1")
    assert "cli bench gpu --tiny --json" in notes


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((), "MINUTES"), (("0",), "whole number"), (("ten",), "ten"), (("5", "out", "fast"), "fast")],
)
def test_arguments_that_make_no_sense_end_in_a_sentence(run, arguments, said):
    done, notes = run(*arguments)
    assert done.returncode != 0
    assert said in done.stderr
    assert notes == ""


def test_an_interpreter_that_is_not_there_is_said(run, tmp_path):
    done, _ = run("5", str(tmp_path / "out"), PYTHON="no-such-python")
    assert done.returncode == 2
    assert "no-such-python" in done.stderr
