#!/bin/sh
# Surprises whoever plants a place in a picture to see whether a program takes it out.
#
# `exif = Image.Exif()`, then a latitude into `exif.get_ifd(0x8825)`, then `image.save(…, exif=exif)`. Expected: the place
# in every kind that has EXIF. Seen with Pillow 13.0.0: an Exif with nothing but directories of its own is false, though
# `tobytes()` has the place; PNG and AVIF ask for its truth and write no EXIF at all, without a word, JPEG and WebP write it.
# So a test of cleaning finds no place in a PNG that never had one. One tag more in the main directory, or
# `exif=exif.tobytes()`, brings it into all four.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0 2>/dev/null
cat > "$folder/seen.py" <<'PYTHON'
import io

from PIL import Image

def exif(with_more):
    block = Image.Exif()
    gps = block.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 30.0, 0.0)
    if with_more:
        block[0x010F] = "Maker"
    return block


def has_place(form, block):
    stream = io.BytesIO()
    Image.new("RGB", (16, 16)).save(stream, form, exif=block)
    return 2 in Image.open(io.BytesIO(stream.getvalue())).getexif().get_ifd(0x8825)


print("alone:", bool(exif(False)), len(exif(False).tobytes()) > 40)
for name, block in (("alone", exif(False)), ("bytes", exif(False).tobytes()), ("with more", exif(True))):
    print(name, *(f"{form} {has_place(form, block)}" for form in ("JPEG", "WEBP", "PNG", "AVIF")))
PYTHON
said=$("$folder/venv/bin/python" "$folder/seen.py")
echo "$said"
[ "$said" = "alone: False True
alone JPEG True WEBP True PNG False AVIF False
bytes JPEG True WEBP True PNG True AVIF True
with more JPEG True WEBP True PNG True AVIF True" ] || { echo "CHANGED"; exit 1; }
