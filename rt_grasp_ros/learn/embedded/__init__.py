"""The embedded model trained from nothing: vision tower, then language model."""
