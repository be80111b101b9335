"""Grasps that others propose: taken after a look, measured by depth, checked like our own."""
