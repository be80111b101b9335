"""What works around rclpy and DDS, each with the reason and the condition for its removal."""
