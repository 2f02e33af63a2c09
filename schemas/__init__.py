"""Values that pass between stages: frozen, typed, documented once. Imports nothing above itself."""
