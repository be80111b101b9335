"""A chat server of ours: a model of ours behind the common interface, or an oracle that points."""
