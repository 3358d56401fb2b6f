"""Fetch what a stranger's address leads to, and nothing of this machine's own network."""
