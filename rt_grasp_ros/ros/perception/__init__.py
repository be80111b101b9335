"""The perception node: from a sentence and the camera to grasps."""
