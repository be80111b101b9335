"""ROS messages to this package's values and back."""
