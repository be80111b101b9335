"""Commands and answers as text: no ROS, no torch."""
