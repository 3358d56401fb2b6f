"""The process that decodes one picture: reads a task in JSON from its input, writes what it saw in JSON, and ends.

It is run by its path, so that nothing of Django is loaded. A picture may come from anybody: the process has so much
memory and time and no more, and whoever started it takes any end but a good one for a picture that can't be decoded.

Task: {"source", "kind", "orientation", "thumbnail", "rendered"} or {"source", "kind", "orientation", "box", "cut"}.
Answer: {"width", "height", "color", "dhash", "tile"} or {"width", "height"}; {"error": code} for what was foreseen.
"""

import base64
import io
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

Task = dict[str, Any]
# Pillow's own type: it is loaded only once the limits stand.
Picture = Any
MEMORY = 768 * 1024 * 1024
SECONDS = 30
# The picture, what is made of it, and what the libraries open; a written file may be as large as the dashboard takes.
_MAX_OPEN, _MAX_WRITTEN = 64, 256 * 1024 * 1024
MAX_PIXELS = 64_000_000
# A small picture of ours: as wide as a card of the wall on a fine screen, and about so heavy.
THUMBNAIL = (480, 720)
THUMBNAIL_BYTES = 24 * 1024
_QUALITIES = (80, 70, 60, 50, 40)
# What is made of a HEIC, of CMYK and of 16 bits: no step is to be seen at 92; less only where Pinterest's limit asks.
_RENDERED_QUALITIES = (92, 85, 75, 60)
_MAX_RENDERED = 32 * 1024 * 1024
# What Pillow may take a file for, by the kind that its bytes were read as: nothing else is even tried.
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF", "heic": "HEIF"}
# More threads take more memory, and a machine of many cores would give dav1d as many.
_THREADS = 2
_HASH, _TILE = (9, 8), (32, 48)
# To turn a stored picture upright (Exif 3.0, 4.6.5.1.6), by Pillow's names.
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}


def main() -> int:
    """Do the task of the standard input; return the exit code."""
    _limit_itself()
    task = json.load(sys.stdin)
    try:
        answer = work(task)
    except MemoryError:
        answer = {"error": "memory"}
    except Exception as error:  # noqa: BLE001 - the libraries raise whatever they like at bytes from anybody
        answer = {"error": _name_error(error)}
    json.dump(answer, sys.stdout)
    return 0


def _limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # At the soft limit comes SIGXCPU, which says what it was; were both the same, it would be SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MAX_OPEN, _MAX_OPEN))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_WRITTEN, _MAX_WRITTEN))
    # Whoever started it may be gone before it could end this process.
    signal.alarm(SECONDS + 5)


def _name_error(error: Exception) -> str:
    if type(error).__name__ == "DecompressionBombError":
        return "pixels"
    # libjpeg and libpng tell of missing memory in the same words as of missing bytes: the high-water mark parts them.
    return "memory" if _most_memory() > MEMORY * 3 // 4 else "broken"


def _most_memory() -> int:
    """Return the most address space in bytes that this process had; 0 where the system doesn't tell."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmPeak:")), 0)


def work(task: Task) -> dict[str, Any]:
    """Return the answer to a task. Raises whatever Pillow does for a picture that can't be decoded."""
    from PIL import AvifImagePlugin, Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # twice as many are an error
    AvifImagePlugin.DEFAULT_MAX_THREADS = _THREADS
    if task["kind"] == "heic":
        from pillow_heif import options, register_heif_opener

        register_heif_opener()
        options.DECODE_THREADS = _THREADS
    with Image.open(task["source"], formats=[_FORMATS[task["kind"]]]) as stored:
        if stored.width * stored.height > MAX_PIXELS:
            return {"error": "pixels"}
        orientation = _read_turn(stored) if task["kind"] == "avif" else task["orientation"]
        if task["kind"] in ("avif", "heic") and "icc_profile" not in stored.info and _is_p3(stored, task["source"]):
            stored.info["icc_profile"] = _make_p3()
        if "box" in task:
            return _cut(stored, task, orientation)
        return _see(stored, task, orientation)


def _see(stored: Picture, task: Task, orientation: int) -> dict[str, Any]:
    is_sideways = orientation >= 5
    bounds = (THUMBNAIL[0], THUMBNAIL[0] * 3)
    bounds = (bounds[1], bounds[0]) if is_sideways else bounds
    if not task.get("rendered"):
        # A JPEG is decoded smaller where it may be; the check reads it to its end all the same.
        least = (THUMBNAIL[0] * 2, THUMBNAIL[1] * 2)
        stored.draft("RGB", (least[1], least[0]) if is_sideways else least)
    # Those are asked for before `draft`, which changes the size that the picture says it has.
    sides = tuple(task["sides"])
    stored.load()
    if task.get("rendered"):
        _turn(stored, orientation)
        small = _to_srgb(stored)
        sides = small.size
        if small.mode == "RGBA":
            small.save(task["rendered"], "PNG")
        else:
            _save_jpeg(small, task["rendered"])
        bounds = (THUMBNAIL[0], THUMBNAIL[0] * 3)
        small.thumbnail(bounds)
    else:
        # Of the colours of a palette none lies between two others: only real ones can be made smaller.
        small = _to_srgb(stored) if stored.mode in ("P", "PA", "1") else stored
        small.thumbnail(bounds)
        _turn(small, orientation)
        small = _to_srgb(small)
    _save_thumbnail(small, task["thumbnail"])
    flat = _on_white(small)
    return {
        "width": sides[0],
        "height": sides[1],
        "color": _dominant(small),
        "dhash": _dhash(flat),
        "tile": _tile(flat),
    }


def _cut(stored: Picture, task: Task, orientation: int) -> dict[str, Any]:
    _turn(stored, orientation)
    left, top, width, height = task["box"]
    if left < 0 or top < 0 or width < 1 or height < 1 or left + width > stored.width or top + height > stored.height:
        # Pillow would fill up with black what isn't there.
        return {"error": "box"}
    piece = stored.crop((left, top, left + width, top + height))
    if task["kind"] in ("heic", "avif") or piece.mode in ("CMYK", "I", "I;16", "I;16B", "F"):
        piece = _to_srgb(piece)
    profile = piece.info.get("icc_profile")
    # Nothing else that the original tells goes along.
    piece.info = {name: value for name, value in piece.info.items() if name == "transparency"}
    options = {"icc_profile": profile} if profile else {}
    if task["kind"] == "png":
        piece.save(task["cut"], "PNG", **options)
    elif task["kind"] == "webp":
        piece.save(task["cut"], "WEBP", quality=_RENDERED_QUALITIES[0], exif=b"", xmp=b"", **options)
    else:
        _save_jpeg(_flat(piece), task["cut"], **options)
    return {"width": width, "height": height}


def _read_turn(stored: Picture) -> int:
    """Return the turn of an AVIF, which libavif hands on as an orientation of EXIF and leaves to whoever shows it."""
    from PIL import Image

    block = Image.Exif()
    block.load(stored.info.get("exif") or b"")
    return int(block.get(0x0112, 1))


def _turn(image: Picture, orientation: int) -> None:
    """Turn a picture upright, in its place, so that not all of its stages are in memory at once.

    The orientation is the one of its own EXIF; XMP's, which no browser obeys, isn't asked for.
    """
    from PIL import Image

    image.load()
    if name := _TURNS.get(orientation):
        image.im = image.im.transpose(getattr(Image.Transpose, name))
        image._size = image.im.size


def _is_p3(stored: Picture, path: str) -> bool:
    """Return whether the colours are Display P3 by code points alone (ITU-T H.273, table 2): no library says so.

    Looked for as the box `colr` of the type `nclx` in the head of the file (ISO/IEC 14496-12, 12.1.5).
    """
    known = stored.info.get("nclx_profile")
    if known:
        primaries, transfer = int(known.get("color_primaries", 2)), int(known.get("transfer_characteristics", 2))
    else:
        with Path(path).open("rb") as stream:
            _before, _found, points = stream.read(64 * 1024).partition(b"colrnclx")
        primaries, transfer = int.from_bytes(points[:2], "big"), int.from_bytes(points[2:4], "big")
    # PQ and HLG (16, 18) would need a mapping of their brightness as well.
    return primaries == 12 and transfer not in (16, 18)


def _make_p3() -> bytes:
    """Return a profile of Display P3: Pillow's of sRGB, whose curve is the same, with the other primaries.

    Source: SMPTE EG 432-1, adapted to D50; tags of colorants by ICC.1:2022, 9.2.4 and 10.31 (s15Fixed16).
    """
    from PIL import ImageCms

    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    colorants = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    for entry in range(132, 132 + 12 * int.from_bytes(data[128:132], "big"), 12):
        at = int.from_bytes(data[entry + 4 : entry + 8], "big") + 8
        for place, value in enumerate(colorants.get(bytes(data[entry : entry + 4]), ())):
            start = at + 4 * place
            data[start : start + 4] = round(value * 65536).to_bytes(4, "big", signed=True)
    return bytes(data)


def _to_srgb(image: Picture) -> Picture:
    """Return a picture in sRGB with 8 bits a channel, transparency kept."""
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        # Pillow's own conversion to 8 bits cuts off what is above 255.
        image = (
            image.convert("I").point([value / 256 for value in range(65536)], "L")
            if image.mode != "F"
            else image.convert("L")
        )
    profile = image.info.get("icc_profile")
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La") or "transparency" in image.info
    alpha = image.convert("RGBA").getchannel("A") if has_alpha else None
    image = image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")
    if profile:
        image = _apply_profile(image, profile)
    if image.mode != "RGB":
        image = image.convert("RGB")
    if alpha is not None:
        image.putalpha(alpha)
    # The next one to see it would apply it once more.
    image.info.pop("icc_profile", None)
    image.info.pop("transparency", None)
    return image


def _apply_profile(image: Picture, profile: bytes) -> Picture:
    """Return a picture in sRGB; as it is when the profile is broken or one for pictures of another kind."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image


def _flat(image: Picture) -> Picture:
    return _on_white(image) if image.mode in ("RGBA", "LA", "PA", "P") else image


def _on_white(image: Picture) -> Picture:
    from PIL import Image

    image = image.convert("RGBA") if image.mode in ("LA", "PA", "P") else image
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    return ground.convert("RGB")


def _save_jpeg(image: Picture, path: str, **options: Any) -> None:
    for quality in _RENDERED_QUALITIES:
        # Colours at full resolution: what follows is compressed once more by Pinterest. Not `optimize`, for which
        # libjpeg keeps all of a large picture in memory once more.
        image.save(path, "JPEG", quality=quality, subsampling=0, comment=b"", **options)
        if Path(path).stat().st_size <= _MAX_RENDERED:
            return


def _save_thumbnail(image: Picture, path: str) -> None:
    for share in (1.0, 0.7, 0.5):
        sides = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        small = image if share == 1 else image.resize(sides, reducing_gap=2.0)
        for quality in _QUALITIES:
            stream = io.BytesIO()
            small.save(stream, "WEBP", quality=quality, method=4, exif=b"", xmp=b"", icc_profile=b"")
            if stream.tell() <= THUMBNAIL_BYTES:
                Path(path).write_bytes(stream.getvalue())
                return
    Path(path).write_bytes(stream.getvalue())


def _dominant(image: Picture) -> str:
    """Return the mean of the most frequent of 4,096 coarse colours, of what can be seen."""
    small = image.convert("RGBA").resize((48, 72))
    bins: dict[tuple[int, int, int], list[tuple[int, int, int]]] = {}
    data = small.tobytes()
    for at in range(0, len(data), 4):
        red, green, blue, alpha = data[at : at + 4]
        if alpha >= 128:
            bins.setdefault((red >> 4, green >> 4, blue >> 4), []).append((red, green, blue))
    if not bins:
        return ""
    chosen = max(bins.values(), key=len)
    means = (round(sum(channel) / len(chosen)) for channel in zip(*chosen, strict=True))
    return "#" + "".join(f"{mean:02X}" for mean in means)


def _dhash(image: Picture) -> str:
    from PIL import Image

    grey = image.convert("L").resize(_HASH, Image.Resampling.BOX).tobytes()
    width = _HASH[0]
    bits = 0
    for row in range(_HASH[1]):
        for column in range(width - 1):
            bits = bits << 1 | (grey[row * width + column] > grey[row * width + column + 1])
    return f"{bits:016x}"


def _tile(image: Picture) -> str:
    from PIL import Image

    return base64.b64encode(image.convert("L").resize(_TILE, Image.Resampling.BOX).tobytes()).decode()


if __name__ == "__main__":
    sys.exit(main())
