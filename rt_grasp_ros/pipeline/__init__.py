"""The chain from a sentence and a picture to ranked grasps; knows neither ROS nor torch."""
