"""From a text to its claims: which distortion is said of which region, how strong, where. Model-free."""
