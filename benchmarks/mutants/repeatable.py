"""A plugin for pytest: hypothesis tries the same examples in every run."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("mutants", derandomize=True, database=None, deadline=None)
settings.load_profile("mutants")
