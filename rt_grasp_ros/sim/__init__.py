"""The simulated cell: MuJoCo scenes, pictures, physics."""
