"""Install a requirements file, unless CUDA would come along.

`python scripts/install_without_cuda.py requirements/train.txt` resolves first and installs nothing
where the only torch to be had is one for CUDA: nobody without a GPU shall download that. It then
says so and ends well; the tests that need it report themselves as not run. With a GPU:
`pip install -r requirements/gpu.txt`.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CUDA_PATTERN = re.compile(r"nvidia-|cuda-|triton$")


def find_cuda(report: dict[str, Any]) -> list[str]:
    """List the distributions of a pip installation report that only serve a GPU, sorted."""
    names = (item["metadata"]["name"] for item in report["install"])
    return sorted(name for name in names if CUDA_PATTERN.match(name))


def resolve(requirements: Path) -> dict[str, Any]:
    """Ask pip what it would install; nothing is installed.

    Raises:
        subprocess.CalledProcessError: there is no solution, or no index could be reached.
    """
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory, "report.json")
        _pip_install("--dry-run", "--report", str(report), "-r", str(requirements))
        result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return result


def main() -> int:
    """Install the requirements file named on the command line; return the exit status."""
    requirements = Path(sys.argv[1])
    cuda = find_cuda(resolve(requirements))
    if cuda:
        print(f"{requirements} left out: it would bring CUDA here ({', '.join(cuda)}).")
    else:
        _pip_install("-r", str(requirements))
    return 0


def _pip_install(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "-qq", "install", "--prefer-binary", *arguments]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
