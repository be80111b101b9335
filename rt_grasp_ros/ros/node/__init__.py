"""What every node is made of: parameters, process, clock, diagnostics."""
