"""Grasps in images and in space: pure numpy (and OpenCV), no ROS, no torch."""
