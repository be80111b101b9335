"""The point eye's network: learns, goes on after being stopped, is written as a graph."""

import numpy as np
import pytest
from boxed_table import TABLE, table_with_box

pytestmark = [pytest.mark.torch, pytest.mark.sim]

import torch  # noqa: E402

from rt_grasp_ros.learn.points.drawn_pictures import DrawnPicture, draw_pictures  # noqa: E402
from rt_grasp_ros.learn.points.point_network import PointNetwork, write_point_graph  # noqa: E402
from rt_grasp_ros.learn.points.recipe import PointRecipe, held_out, train_point_eye  # noqa: E402
from rt_grasp_ros.learn.points.train_point_network import (  # noqa: E402
    PointSettings,
    point_losses,
    train_point_network,
)
from rt_grasp_ros.model.onnx_graph import open_graph  # noqa: E402
from rt_grasp_ros.model.point_eye.point_eye import load_point_eye  # noqa: E402
from rt_grasp_ros.sim.mesh_pictures import Crowd  # noqa: E402
from rt_grasp_ros.sim.meshes.mesh_entry import shipped_meshes  # noqa: E402


@pytest.fixture(scope="module")
def pictures():
    return list(draw_pictures(shipped_meshes(), 6, Crowd(3, 5, 0.15), 1))


def untrained():
    torch.manual_seed(4)
    return PointNetwork()


def train(pictures, path, steps, network=None):
    network = network or untrained()
    told = []
    settings = PointSettings(steps=steps, batch=4, checkpoint_every=2)
    train_point_network(
        network, pictures, settings, path, lambda *one: told.append(one), processes=0
    )
    return network, told


def test_losses_of_right_and_wrong_masks():
    truth = torch.zeros(1, 1, 96, 96)
    truth[..., 20:60, 20:60] = 1
    right = point_losses(40 * (truth - 0.5), truth)
    wrong = point_losses(-40 * (truth - 0.5), truth)
    assert float(right["total"]) < 1e-3
    assert float(wrong["masks"]) > 0.9
    assert float(wrong["pixels"]) == pytest.approx(20.0, abs=0.1)


def test_it_learns(tmp_path):
    frame, box = table_with_box()
    told = []
    train_point_network(
        untrained(),
        [DrawnPicture(frame, TABLE, box.astype(np.uint8))],
        PointSettings(steps=50, batch=2, learning_rate=0.03),
        tmp_path / "p.safetensors",
        lambda *one: told.append(one),
        processes=0,
    )
    ((step, values),) = told
    assert step == 50
    # A guess of one half everywhere has 0.69 and about 0.9; it ends at 1.13.
    assert values["total"] < 1.35


def test_a_stopped_training_goes_on(pictures, tmp_path):
    whole, _ = train(pictures, tmp_path / "whole.safetensors", 6)
    path = tmp_path / "parts.safetensors"

    class Stopped(Exception):
        pass

    class Stopping(list):
        reads = 0

        def __getitem__(self, index):
            Stopping.reads += 1
            if Stopping.reads > 18:  # in the fifth batch; the fourth was saved
                raise Stopped
            return super().__getitem__(index)

    with pytest.raises(Stopped):
        train(Stopping(pictures), path, 6)
    assert path.exists()
    gone_on, _ = train(pictures, path, 6)
    for name, tensor in whole.state_dict().items():
        torch.testing.assert_close(gone_on.state_dict()[name], tensor, msg=name)


def test_the_graph_says_what_the_network_says(tmp_path):
    network = untrained()
    write_point_graph(network, tmp_path / "graph.onnx")
    windows = np.random.default_rng(0).normal(size=(1, 7, 96, 96)).astype(np.float32)
    graph = open_graph(tmp_path / "graph.onnx", 1)
    (said,) = graph.run(None, {"windows": windows})
    with torch.no_grad():
        expected = network(torch.from_numpy(windows)).numpy()
    np.testing.assert_allclose(said, expected, atol=1e-4)


def test_a_third_of_the_meshes_is_left_out():
    meshes = shipped_meshes()
    kept, left_out = held_out(meshes)
    assert {one.name for one in kept}.isdisjoint(one.name for one in left_out)
    assert len(kept) + len(left_out) == len(meshes)
    assert len(left_out) == pytest.approx(len(meshes) / 3, abs=1)


def test_the_whole_recipe_writes_a_checkpoint_that_loads(tmp_path):
    recipe = PointRecipe(tables=1, measured_tables=1, training=PointSettings(steps=2, batch=2))
    config = train_point_eye(
        shipped_meshes(),
        [],
        tmp_path / "work",
        tmp_path / "eye",
        recipe,
        lambda *_: None,
        lambda *_: None,
        processes=1,
    )
    load_point_eye(tmp_path / "eye")
    assert set(config["measured"]) == {
        "usual, exact", "usual, 3 % off", "crowded, exact", "crowded, 3 % off",
    }  # fmt: skip
