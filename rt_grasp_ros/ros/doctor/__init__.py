"""The doctor's node and session: what is looked at in the graph."""
