"""What nvidia-smi prints becomes a line on the free memory."""

import pytest

from rt_grasp_ros.doctor.gpu import GpuMemory, check_gpus, parse_gpus, read_gpus
from rt_grasp_ros.grasp.errors import RtGraspError

LISTED = "NVIDIA RTX A2000, 1500, 12282\nNVIDIA H100 80GB HBM3, [N/A], 81559\n"


def test_gpus_are_read_and_those_that_say_nothing_left_out():
    assert parse_gpus(LISTED) == [GpuMemory("NVIDIA RTX A2000", 1500, 12282)]
    assert parse_gpus("") == []


@pytest.mark.parametrize(
    ("gpus", "status", "said"),
    [
        ([], "ok", "CPU"),
        ([GpuMemory("A", 1500, 12282)], "ok", "10782 of 12282 MiB free"),
        ([GpuMemory("A", 12000, 12282)], "note", "nf4"),
        ([GpuMemory("A", 12000, 12282), GpuMemory("B", 0, 8192)], "ok", "8192"),
    ],
)
def test_little_free_memory_is_worth_a_note(gpus, status, said):
    finding = check_gpus(gpus)
    assert finding.status == status
    assert said in finding.message


def test_a_driver_that_does_not_answer_is_a_failure(monkeypatch, tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'driver mismatch' >&2\nexit 9\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    with pytest.raises(RtGraspError, match="nvidia-smi does not answer"):
        read_gpus()


def test_a_machine_without_the_program_has_no_gpu(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_gpus() == []
