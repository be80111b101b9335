"""A plain bag of a camera, as people attach it to bug reports, gives a picture and a grasp."""

import json

import numpy as np
import pytest
from fake_engines import FakeEngine
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.grasp.errors import DataInvalid, FrameStale
from rt_grasp_ros.ros.recording.camera_bag import BagOptions, read_camera_bag

pytestmark = pytest.mark.ros

COLOUR = "/camera/camera/color/image_raw"
DEPTH = "/camera/camera/aligned_depth_to_color/image_raw"
INFO = "/camera/camera/color/camera_info"
BEGIN_NS = 1_700_000_000_000_000_000
STORE = get_typestore(Stores.ROS2_JAZZY)
TYPES = STORE.types


def header(stamp_ns):
    time = TYPES["builtin_interfaces/msg/Time"](stamp_ns // 10**9, stamp_ns % 10**9)
    return TYPES["std_msgs/msg/Header"](time, "camera_color_optical_frame")


def image(pixels, encoding, stamp_ns):
    step = pixels.nbytes // len(pixels)
    data = np.frombuffer(pixels.tobytes(), np.uint8)
    kind = TYPES["sensor_msgs/msg/Image"]
    height, width = pixels.shape[:2]
    return kind(header(stamp_ns), height, width, encoding, 0, step, data)


def info(stamp_ns):
    roi = TYPES["sensor_msgs/msg/RegionOfInterest"](0, 0, 0, 0, False)
    k = np.array([600.0, 0, 319.5, 0, 600, 239.5, 0, 0, 1])
    kind = TYPES["sensor_msgs/msg/CameraInfo"]
    return kind(
        header(stamp_ns), 480, 640, "", np.zeros(0), k, np.zeros(9), np.zeros(12), 0, 0, roi
    )


def pictures(colour_value):
    depth = np.full((480, 640), 700, np.uint16)
    depth[228:252, 200:440] = 660
    colour = np.full((480, 640, 3), colour_value, np.uint8)
    colour[depth < 700] = (200, 60, 20)
    return colour, depth


def write(path, plugin, leave_out=(), depth_late_ns=0, twice=False):
    """Write three sets, 0.5 s apart; the table gets lighter by 40 each time."""
    with Writer(path, version=9, storage_plugin=plugin) as writer:
        for n in range(3):
            stamp_ns = BEGIN_NS + n * 500_000_000
            colour, depth = pictures(100 + 40 * n)
            messages = {
                INFO: info(stamp_ns),
                COLOUR: image(colour, "rgb8", stamp_ns),
                DEPTH: image(depth, "16UC1", stamp_ns + depth_late_ns),
                "/camera/camera/depth/image_rect_raw": image(depth // 2, "16UC1", stamp_ns),
            }
            if twice:
                messages["/other/color/image_raw"] = image(colour, "rgb8", stamp_ns)
            for topic, message in messages.items():
                if topic in leave_out:
                    continue
                kind = message.__msgtype__
                known = {c.topic: c for c in writer.connections}
                connection = known.get(topic) or writer.add_connection(topic, kind, typestore=STORE)
                writer.write(connection, stamp_ns, STORE.serialize_cdr(message, kind))
    return path


@pytest.mark.parametrize("plugin", [StoragePlugin.MCAP, StoragePlugin.SQLITE3])
def test_folder_and_file_give_the_registered_set(tmp_path, plugin):
    folder = write(tmp_path / "bag", plugin)
    (file,) = (*folder.glob("*.mcap"), *folder.glob("*.db3"))
    for path in (folder, file):
        frame = read_camera_bag(path, BagOptions())
        assert frame.rgb[0, 0].tolist() == [100, 100, 100]
        assert frame.rgb[240, 320].tolist() == [200, 60, 20]
        assert frame.depth_m[240, 320] == pytest.approx(0.66)  # not the 0.33 of the depth camera
        assert frame.intrinsics.fx_px == 600.0
        assert frame.frame_id == "camera_color_optical_frame"
        assert frame.stamp_ns == BEGIN_NS


def test_at_counts_from_the_begin(tmp_path):
    folder = write(tmp_path / "bag", StoragePlugin.MCAP)
    frame = read_camera_bag(folder, BagOptions(at_s=0.6))
    assert frame.stamp_ns == BEGIN_NS + 1_000_000_000
    assert frame.rgb[0, 0, 0] == 180
    with pytest.raises(FrameStale, match=r"1\.0 s long"):
        read_camera_bag(folder, BagOptions(at_s=5.0))


def test_sets_too_far_apart_are_none(tmp_path):
    folder = write(tmp_path / "bag", StoragePlugin.MCAP, depth_late_ns=51_000_000)
    with pytest.raises(FrameStale):
        read_camera_bag(folder, BagOptions())


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        ({COLOUR}, "holds no colour; .* depth: /camera/camera/aligned"),
        ({DEPTH, "/camera/camera/depth/image_rect_raw"}, f"no depth; it holds colour: {COLOUR}"),
        ({INFO}, "no camera_info; .* camera_info: none"),
    ],
)
def test_what_is_missing_is_said_with_what_there_is(tmp_path, left_out, message):
    folder = write(tmp_path / "bag", StoragePlugin.SQLITE3, leave_out=left_out)
    with pytest.raises(DataInvalid, match=message):
        read_camera_bag(folder, BagOptions())


def test_of_several_the_user_chooses(tmp_path):
    folder = write(tmp_path / "bag", StoragePlugin.MCAP, twice=True)
    with pytest.raises(DataInvalid, match=f"--color-topic.*{COLOUR}, /other/color/image_raw"):
        read_camera_bag(folder, BagOptions())
    assert read_camera_bag(folder, BagOptions(color_topic=COLOUR)).stamp_ns == BEGIN_NS
    with pytest.raises(DataInvalid, match="no colour on /absent"):
        read_camera_bag(folder, BagOptions(color_topic="/absent"))


def test_what_is_no_bag_is_said(tmp_path):
    (tmp_path / "bag").mkdir()
    with pytest.raises(DataInvalid, match="can't be read as a bag"):
        read_camera_bag(tmp_path / "bag", BagOptions())


def test_replay_asks_about_the_picture_as_detect_does(tmp_path, monkeypatch, capsys):
    folder = write(tmp_path / "bag", StoragePlugin.MCAP)
    (file,) = folder.glob("*.mcap")
    monkeypatch.setattr("rt_grasp_ros.cli.replay.engine_from", lambda *_: FakeEngine())
    assert main(["replay", str(file)]) == 2
    assert "--command 'grasp the mug'" in capsys.readouterr().err
    out = tmp_path / "out"
    command = ["--command", "grasp the bar", "--out", str(out), "--json", str(out / "r.json")]
    status = main(["replay", str(file), *command])
    result = json.loads((out / "r.json").read_text())
    assert status == (0 if result["error_code"] == 0 else 1)
    assert result["command"] == "grasp the bar"
    assert result["rectangle"] is not None
    assert (out / "grasp.png").exists()
