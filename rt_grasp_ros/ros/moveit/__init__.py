"""MoveIt behind `motion.backend.MotionBackend`; its interfaces are imported in here alone."""
