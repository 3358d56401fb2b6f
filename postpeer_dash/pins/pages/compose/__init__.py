"""Composing a pin: a new one, or a draft."""
