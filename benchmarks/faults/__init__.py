"""What the nodes do when something around them breaks: one row a fault, `make faults`."""
