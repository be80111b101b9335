"""The camera's topics, as every node that takes pictures hears them."""
