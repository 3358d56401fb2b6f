"""Small films of real kinds, made by ffmpeg when they are first asked for, and boxes made by hand."""

import hashlib
import io
import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

from postpeer_dash.media.cleaning.clean_films import clean_film
from postpeer_dash.media.facts import Cleaned, Facts
from postpeer_dash.media.formats.detect import inspect

PICTURES = ("-f", "lavfi", "-i", "testsrc2=s=64x96:r=5:d=4.2")
SOUND = ("-f", "lavfi", "-i", "sine=f=440:d=4.2")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-tag:v", "hvc1")
AAC = ("-c:a", "aac", "-b:a", "32k")
PLACE = ("-metadata", "location=+52.5200+013.4050/")
PHONE = ("-metadata", "make=Fruit", "-metadata", "model=Fruit Phone 9")
FRAGMENTS = ("-movflags", "frag_keyframe+empty_moov+default_base_moof", "-g", "5")


def need(*tools: str) -> None:
    """Skip a test where a tool that it needs is missing."""
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} isn't installed")


@cache
def film(ending: str, *options: str, sound: bool = True, source: bytes = b"") -> bytes:
    """Return what ffmpeg makes: of its own pictures and sound, or of another film."""
    need("ffmpeg")
    with tempfile.TemporaryDirectory() as folder:
        target, given = Path(folder) / f"film.{ending}", Path(folder) / "source"
        given.write_bytes(source)
        sources = ("-i", str(given)) if source else (*PICTURES, *(SOUND if sound else ()))
        command = ("ffmpeg", "-v", "error", "-threads", "1", *sources, *options, str(target))
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return target.read_bytes()


@cache
def mp4(*options: str) -> bytes:
    return film("mp4", *H264, *AAC, *options)


@cache
def with_words(words: str, *options: str) -> bytes:
    """Return a film with a track of words, as drones write one."""
    lines = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{words}\n\n" for n in range(4))
    maps = ("-map", "1:v", "-map", "0:s", "-c:s", "mov_text")
    return film("mp4", *PICTURES, *maps, *H264, "-bitexact", *options, source=lines.encode())


def look(data: bytes) -> Facts:
    """Return what a file is. Raises ValidationError."""
    return inspect(io.BytesIO(data), len(data))


def clean(data: bytes, *, keep_place: bool = False, ai_label: bool = False) -> tuple[bytes, Cleaned]:
    target = io.BytesIO()
    done = clean_film(io.BytesIO(data), target, look(data), keep_place=keep_place, ai_label=ai_label)
    return target.getvalue(), done


def digest_of_samples(data: bytes) -> str:
    """Return a digest of all pictures and sounds as they are decoded, with their times."""
    need("ffmpeg")
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        command = ("ffmpeg", "-v", "error", "-i", file.name, "-map", "0:v?", "-map", "0:a?", "-f", "framemd5", "-")
        done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert done.stderr == b""
    return hashlib.md5(done.stdout).hexdigest()


def read_by_exiftool(*files: bytes) -> list[dict[str, str]]:
    """Return all that exiftool reads in each file, in tracks and unknown boxes as well: one process for all of them."""
    need("exiftool")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{place:03}.mp4" for place in range(len(files))]
        for path, data in zip(paths, files, strict=True):
            path.write_bytes(data)
        command = ("exiftool", "-ee", "-a", "-G1:3", "-s", "-j", "-n", "-U", *map(str, paths))
        done = subprocess.run(command, capture_output=True, timeout=60)
    own = ("System", "ExifTool", "SourceFile")
    return [
        {key: str(value) for key, value in found.items() if not key.startswith(own)}
        for found in json.loads(done.stdout)
    ]


def box(kind: bytes, *payloads: bytes) -> bytes:
    """Return a box (14496-12, 4.2)."""
    payload = b"".join(payloads)
    return (8 + len(payload)).to_bytes(4, "big") + kind + payload


def insert(data: bytes, parent: bytes, child: bytes) -> bytes:
    """Return a film with a box more at the end of one of its outermost boxes, which must be the last one."""
    at = data.index(parent) - 4
    length = int.from_bytes(data[at : at + 4], "big")
    assert at + length == len(data)
    return data[:at] + (length + len(child)).to_bytes(4, "big") + data[at + 4 :] + child
