"""The codes of an authenticator app, computed as RFC 6238 says, apart from the library that checks them."""

import base64
import hmac
import struct
import time


def totp_code(secret: str, *, at: float | None = None) -> str:
    """Return the six digits that an app shows for this secret now."""
    counter = struct.pack(">Q", int(time.time() if at is None else at) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
