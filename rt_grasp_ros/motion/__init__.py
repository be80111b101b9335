"""From a grasp pose to a lifted object: planning and the pick sequence, no ROS."""
