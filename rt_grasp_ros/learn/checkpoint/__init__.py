"""Checkpoint folders as trainings read and write them, with ONNX graphs and tokenizer."""
