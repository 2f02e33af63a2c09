"""How strongly a region was changed, as people see it."""
