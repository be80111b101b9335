"""Tuning of LLaVA checkpoints on dialogues: supervised, with adapters, and from a reward."""
