"""A robot on ROS topics as the tools of an agent see it."""
