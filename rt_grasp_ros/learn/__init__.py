"""Training, tuning and export of models."""
