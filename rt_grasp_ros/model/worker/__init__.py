"""An engine in a process of its own, replaced when it ends."""
