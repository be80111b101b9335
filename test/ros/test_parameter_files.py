"""The files in config/ list exactly what the nodes declare, with the same defaults."""

from dataclasses import asdict, fields

import pytest
import yaml

from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.browser.browser_parameters import BrowserParameters
from rt_grasp_ros.ros.doctor.doctor_parameters import DoctorParameters
from rt_grasp_ros.ros.executor.executor_parameters import ExecutorParameters
from rt_grasp_ros.ros.node.parameters import rules
from rt_grasp_ros.ros.perception.perception_parameters import PerceptionParameters
from rt_grasp_ros.ros.sim.sim_parameters import SimParameters

pytestmark = pytest.mark.ros

DECLARATIONS = {
    "config/browser.yaml": BrowserParameters,
    "config/doctor.yaml": DoctorParameters,
    "config/executor.yaml": ExecutorParameters,
    "config/perception.yaml": PerceptionParameters,
    "config/sim.yaml": SimParameters,
}


@pytest.mark.parametrize("path, declaration", DECLARATIONS.items())
def test_a_file_holds_every_parameter_with_its_default(path, declaration):
    content = yaml.safe_load(share_path(path).read_text())
    assert content == {"/**": {"ros__parameters": asdict(declaration())}}


@pytest.mark.parametrize("path, declaration", DECLARATIONS.items())
def test_a_file_explains_every_parameter(path, declaration):
    lines = [line.strip() for line in share_path(path).read_text().splitlines()]
    names = {field.name for field in fields(declaration)}
    explained = False
    for line in lines:
        explained = explained or line.startswith("#")
        if line.split(":")[0] in names:
            assert explained, line
            explained = line.startswith("image_width_px")  # one comment for the size


@pytest.mark.parametrize("declaration", DECLARATIONS.values())
def test_every_parameter_is_described_and_every_number_bounded(declaration):
    for field, rule in zip(fields(declaration), rules(declaration).values(), strict=True):
        assert rule.description.endswith("."), field.name
        assert rule.problem(field.default) is None, field.name
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert rule.minimum is not None and rule.maximum is not None, field.name
