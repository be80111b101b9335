"""The simulated cell's node, and a user of the nodes in it."""
