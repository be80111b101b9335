"""Inference: from a picture and a command to an answer."""
