"""What strangers' cameras, robots, servers and sentences do to the package, as a table."""
