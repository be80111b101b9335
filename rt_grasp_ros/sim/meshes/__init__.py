"""Textured meshes as objects of the cell: files, grasps, convex parts."""
