"""Benchmarks of speed, behind `rt-grasp bench`."""
