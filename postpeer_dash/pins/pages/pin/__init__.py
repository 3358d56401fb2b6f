"""The page of a pin: what became of it, and what a person can do."""
