"""Two real rows, the second of which expects what does not happen; test_faults.py runs this."""

import dataclasses
import functools
import sys
from pathlib import Path

from benchmarks.faults.__main__ import chosen, run
from rt_grasp_ros.grasp.error_code import ErrorCode

if __name__ == "__main__":
    (good,) = chosen(["loses its intrinsics"])
    expects_another = functools.partial(good.run, codes=(ErrorCode.NO_IMAGE,))
    bad = dataclasses.replace(good, name="not so", run=expects_another)
    sys.exit(run([good, bad], Path(sys.argv[1])))
