from rt_grasp_ros.bench.machine import copy_bandwidth_bytes_per_s, describe_machine


def test_machine_and_versions_are_named():
    machine = describe_machine()
    assert machine["cpu"]
    assert machine["numpy"].count(".") == 2
    assert machine["cpu_count"] >= 1


def test_memory_copies_at_a_plausible_speed():
    assert 1e8 < copy_bandwidth_bytes_per_s(1) < 1e12
