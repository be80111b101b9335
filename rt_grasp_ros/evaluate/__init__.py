"""How good answers are, on data sets and in the simulated cell."""
