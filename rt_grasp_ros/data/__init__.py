"""Training data: real and simulated pictures, their labels, dialogues about them."""
