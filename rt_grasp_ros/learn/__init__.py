"""Reasoning tuning: data, training, export, evaluation."""
