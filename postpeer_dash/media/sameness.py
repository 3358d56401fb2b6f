"""Whether two pictures are the same one, saved anew: by what the decoder computes of each.

A difference hash of 64 bits finds candidates, a grey tile of 32 × 48 pixels decides: a hash alone takes another sentence
on the same photo for the same picture. On re-encodes (JPEG 40 to 95, widths of 564 and 236 px, WebP, Display P3) hashes
differ in 8 bits at most and tiles in 19 steps of grey; other words on the same photo make 28 steps and more. Drawn scenes
of hard edges and stripes came to 6 bits and 26 steps at a width of 236 px, other words on them to 27: of such a picture a
copy as small as that isn't known again.
"""

MAX_BITS = 8
MAX_GREY = 24


def is_same(dhash: str, tile: bytes, other_dhash: str, other_tile: bytes) -> bool:
    """Return whether two pictures are the same; hashes in hexadecimal, tiles as bytes of equal length."""
    if not dhash or not other_dhash or not tile or len(tile) != len(other_tile):
        return False
    if (int(dhash, 16) ^ int(other_dhash, 16)).bit_count() > MAX_BITS:
        return False
    return max(abs(one - other) for one, other in zip(tile, other_tile, strict=True)) <= MAX_GREY
