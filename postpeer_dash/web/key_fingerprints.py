"""The fingerprint of a key of PostPeer's, by which the database and the workers know it."""

import hashlib


def key_fingerprint(key: str) -> str:
    """Return a hash that tells two keys apart without giving either away; a key is random, so it can't be guessed back."""
    return hashlib.sha256(f"postpeer-dash:key:{key}".encode()).hexdigest()
