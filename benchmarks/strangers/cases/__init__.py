"""One file a kind of fault; each has `cases()`."""
