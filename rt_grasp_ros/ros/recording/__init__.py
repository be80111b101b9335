"""Attempts as MCAP files: written beside the pick, read again, carried out again."""
