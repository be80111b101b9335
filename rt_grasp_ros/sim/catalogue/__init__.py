"""The shapes of everyday objects, one module a family; each function draws one instance."""
