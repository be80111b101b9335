"""The word eye's training: features of named crops, mapped to the meaning of their names."""
