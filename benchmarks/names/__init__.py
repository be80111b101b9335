"""Whether things are found by names that the word eye was not fitted on, see `__main__.py`."""
