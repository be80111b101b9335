"""How right an answer is: rectangles, grasps, pointing, rates and their spread."""
