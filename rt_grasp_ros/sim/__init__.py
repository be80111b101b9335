"""The simulated cell: objects, scenes, pictures, physics, labels, judge."""
