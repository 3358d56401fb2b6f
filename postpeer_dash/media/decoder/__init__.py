"""Decoding of pictures, in a process of its own: never in one that serves pages or works on rows."""
