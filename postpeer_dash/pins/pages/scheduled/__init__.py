"""Changing a pin that waits for its time."""
