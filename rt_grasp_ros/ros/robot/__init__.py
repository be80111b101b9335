"""A robot on ROS topics: joints heard, motions sent, grippers, the robot in the picture."""
