#!/bin/sh
# Surprises whoever makes a film that lies on its side, as a phone writes it, to see whether a program stands it up.
#
# Advice of many years is `-c copy -metadata:s:v rotate=90`. Expected: a track whose matrix says a quarter turn clockwise,
# or a complaint. Seen with ffmpeg 7.0.2 (imageio-ffmpeg 0.6.0): exit 0, not a word, and a matrix that turns nothing, so
# that a test of turning passes on any program. The option that works, `-display_rotation 90` before the input, writes the
# other quarter turn (a, b, c, d = 0, -1, 1, 0): it counts counter-clockwise, and a phone's upright film needs -90.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check imageio-ffmpeg==0.6.0 2>/dev/null
cat > "$folder/seen.py" <<'PYTHON'
import os
import subprocess
import sys

from imageio_ffmpeg import get_ffmpeg_exe

os.chdir(sys.argv[1])


def ffmpeg(*words):
    done = subprocess.run([get_ffmpeg_exe(), "-y", "-loglevel", "warning", *words], capture_output=True, text=True, check=True)
    return done.stderr.strip() or "nothing said"


def matrix(path):
    data = open(path, "rb").read()
    at = data.find(b"tkhd") + 4
    at += 52 if data[at] == 1 else 40
    numbers = [int.from_bytes(data[at + 4 * place : at + 4 * place + 4], "big", signed=True) // 65536 for place in (0, 1, 3, 4)]
    return " ".join(str(number) for number in numbers)


ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x96:r=5:d=1", "-pix_fmt", "yuv420p", "plain.mp4")
said = ffmpeg("-i", "plain.mp4", "-c", "copy", "-metadata:s:v", "rotate=90", "tag.mp4")
print("rotate=90:", said, "-", matrix("tag.mp4"))
for angle in ("90", "-90"):
    said = ffmpeg("-display_rotation", angle, "-i", "plain.mp4", "-c", "copy", "option.mp4")
    print(f"display_rotation {angle}:", said, "-", matrix("option.mp4"))
PYTHON
said=$("$folder/venv/bin/python" "$folder/seen.py" "$folder")
echo "$said"
[ "$said" = "rotate=90: nothing said - 1 0 0 1
display_rotation 90: nothing said - 0 -1 1 0
display_rotation -90: nothing said - 0 1 -1 0" ] || { echo "CHANGED"; exit 1; }
