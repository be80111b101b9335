"""One file a family of models, each with a `FAMILY`; `docs/models.md` says how to add one."""
