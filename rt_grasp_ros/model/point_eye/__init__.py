"""Which pixels belong to the thing under a point: a small network on colour, depth and height."""
