"""Install the dependencies of an extra of pyproject.toml, unless CUDA would come along.

`python scripts/install_extra.py train` resolves first and installs nothing where the only torch to
be had is one for CUDA: nobody without a GPU shall download that. It then says so and ends well;
the tests that need the extra report themselves as not run. With a GPU: `pip install '.[gpu]'`.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

CUDA_PATTERN = re.compile(r"nvidia-|cuda-|triton$")


def read_extra(pyproject: Path, extra: str) -> list[str]:
    """Read the requirements of one extra.

    Raises:
        KeyError: there is no such extra.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    return project["optional-dependencies"][extra]


def find_cuda(report: dict) -> list[str]:
    """List the distributions of a pip installation report that only serve a GPU, sorted."""
    names = (item["metadata"]["name"] for item in report["install"])
    return sorted(name for name in names if CUDA_PATTERN.match(name))


def resolve(requirements: list[str]) -> dict:
    """Ask pip what it would install; nothing is installed.

    Raises:
        subprocess.CalledProcessError: there is no solution, or no index could be reached.
    """
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory, "report.json")
        _pip("install", "--dry-run", "--report", str(report), *requirements)
        return json.loads(report.read_text(encoding="utf-8"))


def main() -> int:
    """Install the extra named on the command line; return the exit status."""
    extra = sys.argv[1]
    requirements = read_extra(Path(__file__).parents[1] / "pyproject.toml", extra)
    cuda = find_cuda(resolve(requirements))
    if cuda:
        print(f"Extra [{extra}] left out: it would bring CUDA here ({', '.join(cuda)}).")
        return 0
    _pip("install", "--prefer-binary", *requirements)
    return 0


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "-qq", *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
