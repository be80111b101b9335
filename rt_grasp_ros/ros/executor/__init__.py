"""The executor node: carries grasps out, guards the arm and stops it."""
