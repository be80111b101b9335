"""A camera that shows one picture again and again, and the pose that TF gives it."""

import numpy as np
from geometry_msgs.msg import TransformStamped
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage
from world import OPTICAL

from rt_grasp_ros.ros.messages.camera_info import intrinsics_to_message
from rt_grasp_ros.ros.messages.images import image_from_array
from rt_grasp_ros.ros.messages.poses import transform_from_matrix
from rt_grasp_ros.ros.node.qos import LATCHED


class PosedCamera(Node):
    """Publishes colour, depth in millimetres and camera_info 10 times a second."""

    def __init__(self, world, rgb, depth_m, intrinsics, T_base_camera):
        super().__init__("posed_camera", context=world.context)
        self._rgb, self._intrinsics = rgb, intrinsics
        self._depth_mm = np.round(np.nan_to_num(depth_m) * 1000).astype(np.uint16)
        self._colour = self.create_publisher(Image, "camera/color/image_raw", 5)
        self._depth = self.create_publisher(Image, "camera/aligned_depth_to_color/image_raw", 5)
        self._info = self.create_publisher(CameraInfo, "camera/color/camera_info", 5)
        self._transforms = self.create_publisher(TFMessage, "/tf_static", LATCHED)
        pose = TransformStamped(
            header=Header(frame_id="panda_link0"),
            child_frame_id=OPTICAL,
            transform=transform_from_matrix(T_base_camera),
        )
        self._transforms.publish(TFMessage(transforms=[pose]))
        self.create_timer(0.1, self._publish)

    def _publish(self):
        header = Header(stamp=self.get_clock().now().to_msg(), frame_id=OPTICAL)
        self._colour.publish(image_from_array(self._rgb, header))
        self._depth.publish(image_from_array(self._depth_mm, header))
        self._info.publish(intrinsics_to_message(self._intrinsics, header))
