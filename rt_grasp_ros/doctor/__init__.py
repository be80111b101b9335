"""What is wrong and what to do, from what was observed: no ROS, no torch."""
