"""The parameters of the perception node."""

from __future__ import annotations

from dataclasses import dataclass

from ...model.family import FAMILY_NAMES
from ...model.load_engine import BACKENDS
from ...model.server_settings import PICTURE_FORMATS
from ...model.torch_settings import ACCELERATIONS, DEVICES, DRAFTS, QUANTISATIONS
from ..camera.camera_parameters import CameraParameters
from ..node.lifecycle import autostart
from ..node.parameters import parameter
from ..node.profile_parameters import gripper_profile, robot_profile, table_height


@dataclass(frozen=True)
class PerceptionParameters(CameraParameters):
    """What `config/perception.yaml` sets."""

    model_dir: str = parameter(
        "models/rt-grasp-tiny",
        "Folder of the model: a path, or one relative to the package's share folder.",
        read_only=True,
    )
    model_backend: str = parameter(
        "auto",
        "What runs the model.",
        choices=BACKENDS,
        read_only=True,
    )
    model_family: str = parameter(
        "rt_grasp",
        "How the model is asked and what its numbers mean.",
        choices=FAMILY_NAMES,
        read_only=True,
    )
    model_device: str = parameter(
        "auto",
        "Where the torch backend runs; `auto` takes a GPU where there is one.",
        choices=DEVICES,
        read_only=True,
    )
    model_quantise: str = parameter(
        "none",
        "How the torch backend stores the language model: in 8 bits, in 4 bits, as it is, or as a "
        "measurement on the device says.",
        choices=QUANTISATIONS,
        read_only=True,
    )
    model_adapter: str = parameter(
        "",
        "Folder of a LoRA adapter that the torch backend merges in; empty for none.",
        read_only=True,
    )
    model_acceleration: str = parameter(
        "auto",
        "How the torch backend runs a decoding step; `auto` takes the fastest on the device.",
        choices=ACCELERATIONS,
        read_only=True,
    )
    model_drafts: str = parameter(
        "auto",
        "Whether the torch backend guesses tokens ahead on a GPU; `auto` where it pays there.",
        choices=DRAFTS,
        read_only=True,
    )
    model_load_timeout_s: float = parameter(
        120.0,
        "How long loading the model may take.",
        minimum=1.0,
        maximum=3600.0,
        read_only=True,
    )
    model_timeout_s: float = parameter(
        30.0, "How long the model may think about one command.", minimum=0.1, maximum=600.0
    )
    server_url: str = parameter(
        "",
        "Where the interface of the model server begins; for the backend openai.",
        read_only=True,
    )
    server_model: str = parameter(
        "",
        "Name under which the server knows the model; empty where it serves one only.",
        read_only=True,
    )
    server_key_variable: str = parameter(
        "RT_GRASP_SERVER_KEY",
        "Environment variable that holds the server's key; unset where it needs none.",
        read_only=True,
    )
    server_picture_format: str = parameter(
        "jpeg",
        "How pictures are sent; png loses nothing and takes longer.",
        choices=PICTURE_FORMATS,
        read_only=True,
    )
    server_connect_timeout_s: float = parameter(
        3.0,
        "How long the server may take to accept a connection.",
        minimum=0.1,
        maximum=60.0,
        read_only=True,
    )
    server_first_token_timeout_s: float = parameter(
        15.0,
        "How long the server may think before its first word.",
        minimum=0.1,
        maximum=600.0,
        read_only=True,
    )
    server_timeout_s: float = parameter(
        25.0,
        "How long the server may take for one command; keep it below model_timeout_s.",
        minimum=0.1,
        maximum=600.0,
        read_only=True,
    )
    server_max_tokens: int = parameter(
        0,
        "Length at which the server cuts an answer off; 0: that of the family.",
        minimum=0,
        maximum=32768,
        read_only=True,
    )
    server_retries: int = parameter(
        2,
        "How often a request is sent again where the server is busy or breaks off.",
        minimum=0,
        maximum=10,
        read_only=True,
    )
    verify: bool = parameter(
        False,
        "Show a model that points the grasp once more before it is taken: yes or no.",
    )
    graspgen_url: str = parameter(
        "",
        "GraspGen server that proposes grasps on what is pointed at or named; empty: by depth.",
        read_only=True,
    )
    graspgen_timeout_s: float = parameter(
        10.0,
        "How long that server may take for the grasps on one thing.",
        minimum=0.1,
        maximum=600.0,
        read_only=True,
    )
    graspgen_base_to_pads_m: float = parameter(
        0.1034,
        "From the base of the hand, which its poses are of, to between the finger pads.",
        minimum=0.0,
        maximum=0.5,
        read_only=True,
    )
    grasps_topic: str = parameter(
        "",
        "Topic (PoseArray) with grasps of another node, best first; empty: by depth.",
        read_only=True,
    )
    grasps_max_age_s: float = parameter(
        2.0,
        "So much older than the picture grasps on that topic may be.",
        minimum=0.0,
        maximum=600.0,
        read_only=True,
    )
    grasps_timeout_s: float = parameter(
        5.0, "How long to wait for such grasps.", minimum=0.1, maximum=600.0, read_only=True
    )
    grasps_base_to_pads_m: float = parameter(
        0.0,
        "From what their poses are of, along +z, to between the finger pads.",
        minimum=0.0,
        maximum=0.5,
        read_only=True,
    )
    frame_timeout_s: float = parameter(
        10.0, "How long to wait for a picture taken after the command.", minimum=0.1, maximum=60.0
    )
    sync_slop_s: float = parameter(
        0.05,
        "How far the stamps of colour and depth may lie apart; half a frame is typical.",
        minimum=0.0,
        maximum=1.0,
    )
    robot: str = robot_profile()
    table_z_m: float = table_height()
    gripper: str = gripper_profile()
    approach: str = parameter(
        "plane",
        "Direction to grasp from: square onto the table, or along the camera's axis.",
        choices=("plane", "camera"),
    )
    executor_wait_s: float = parameter(
        5.0, "How long the executor may take to appear.", minimum=0.1, maximum=60.0
    )
    execution_timeout_s: float = parameter(
        180.0, "How long the arm may take for one command.", minimum=1.0, maximum=3600.0
    )
    autostart: bool = autostart()
    record_dir: str = parameter(
        "", "Folder that every attempt is recorded in, as an MCAP file; empty for none."
    )
    record_max_mb: int = parameter(
        1000,
        "How many megabytes of attempts it may hold; beyond that the oldest are deleted.",
        minimum=10,
        maximum=1_000_000,
    )
