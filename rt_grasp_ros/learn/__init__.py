"""Reasoning tuning: training and export of models."""
