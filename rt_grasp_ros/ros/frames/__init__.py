"""How coordinate frames lie to each other: TF, and the table in it."""
