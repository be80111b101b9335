"""The point eye's training: drawn tables, points on them, the network, what it reaches."""
