"""The benchmark of parts runs, and its marks are where parts are."""

import numpy as np
import pytest
import yaml

from benchmarks.parts import MARKED, mesh_cases, print_results, result_of
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.sim.meshes.mesh_entry import SHIPPED_FOLDER


@pytest.mark.sim
def test_marked_parts_of_shipped_meshes_are_found_and_taken(capsys):
    cases = list(mesh_cases(SHIPPED_FOLDER, 3))
    assert cases
    for case in cases:
        assert not (case.part_mask & ~case.thing_mask).any()
        assert 0 < np.count_nonzero(case.part_mask) < np.count_nonzero(case.thing_mask)
    results = [(case, result_of(case, Gripper())) for case in cases]
    assert any(result.end_closing for _, result in results)
    print_results(results)
    assert capsys.readouterr().out.startswith("all ")


def test_what_is_held_out_is_marked():
    marks = yaml.safe_load(MARKED.read_text(encoding="utf-8"))
    assert set(marks["held_out"]) < set(marks["parts"])
