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
import sys
from pathlib import Path
from typing import Any

Task = dict[str, Any]
# Pillow's own type: it is loaded only once the limits stand.
Picture = Any
MEMORY = 768 * 1024 * 1024
SECONDS = 30
MAX_PIXELS = 64_000_000
# A small picture of ours: as wide as a card of the wall on a fine screen, and about so heavy.
THUMBNAIL = (480, 720)
THUMBNAIL_BYTES = 24 * 1024
_QUALITIES = (80, 70, 60, 50, 40)
# What is made of a HEIC, of CMYK and of 16 bits: no step is to be seen at it.
_RENDERED_QUALITY = 92
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
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    task = json.load(sys.stdin)
    try:
        answer = work(task)
    except MemoryError:
        answer = {"error": "memory"}
    except Exception as error:  # noqa: BLE001 - the libraries raise whatever they like at bytes from anybody
        answer = {"error": "pixels" if type(error).__name__ == "DecompressionBombError" else "broken"}
    json.dump(answer, sys.stdout)
    return 0


def work(task: Task) -> dict[str, Any]:
    """Return the answer to a task. Raises whatever Pillow does for a picture that can't be decoded."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # twice as many are an error
    if task["kind"] == "heic":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    with Image.open(task["source"]) as stored:
        if stored.width * stored.height > MAX_PIXELS:
            return {"error": "pixels"}
        if "box" in task:
            return _cut(stored, task)
        return _see(stored, task)


def _see(stored: Picture, task: Task) -> dict[str, Any]:
    if not task.get("rendered"):
        # A JPEG is decoded smaller where it may be; the check reads it to its end all the same.
        stored.draft("RGB", (THUMBNAIL[0] * 2, THUMBNAIL[1] * 2))
    sides = _upright_sides(task, stored)
    stored.load()
    if task.get("rendered"):
        whole = _to_srgb(_turn(stored, task["orientation"]))
        sides = whole.size
        _save_whole(whole, task["rendered"])
        small = whole
    else:
        small = stored
    small.thumbnail((THUMBNAIL[0], max(THUMBNAIL[1], THUMBNAIL[0] * 3)))
    if small is stored:
        small = _to_srgb(_turn(stored, task["orientation"]))
    _save_thumbnail(small, task["thumbnail"])
    flat = _on_white(small)
    return {
        "width": sides[0],
        "height": sides[1],
        "color": _dominant(small),
        "dhash": _dhash(flat),
        "tile": _tile(flat),
    }


def _upright_sides(task: Task, stored: Picture) -> tuple[int, int]:
    # `draft` changes the size that the picture says it has.
    width, height = task["sides"]
    return (width, height) if width else stored.size


def _cut(stored: Picture, task: Task) -> dict[str, Any]:
    upright = _turn(stored, task["orientation"])
    left, top, width, height = task["box"]
    piece = upright.crop((left, top, left + width, top + height))
    if task["kind"] in ("heic", "avif") or piece.mode in ("CMYK", "I", "I;16", "I;16B", "F"):
        piece = _to_srgb(piece)
        profile = None
    else:
        profile = stored.info.get("icc_profile")
    options = {"icc_profile": profile} if profile else {}
    if task["kind"] == "png":
        piece.save(task["cut"], "PNG", **options)
    elif task["kind"] == "webp":
        piece.save(task["cut"], "WEBP", quality=_RENDERED_QUALITY, exif=b"", xmp=b"", **options)
    else:
        _flat(piece).save(task["cut"], "JPEG", quality=_RENDERED_QUALITY, subsampling=0, **options)
    return {"width": width, "height": height}


def _turn(image: Picture, orientation: int) -> Picture:
    """Turn a picture upright by the orientation that its own EXIF gives; XMP's, which no browser obeys, isn't asked for."""
    from PIL import Image

    name = _TURNS.get(orientation)
    return image.transpose(getattr(Image.Transpose, name)) if name else image


def _to_srgb(image: Picture) -> Picture:
    """Return a picture in sRGB with 8 bits a channel, transparency kept."""
    from PIL import Image, ImageCms

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
    if profile and image.mode in ("RGB", "RGBA", "L", "CMYK", "P"):
        source = image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")
        try:
            image = ImageCms.profileToProfile(
                source, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except ImageCms.PyCMSError:
            image = source.convert("RGB")
    elif image.mode != "RGB":
        image = image.convert("RGB")
    if alpha is not None:
        image.putalpha(alpha)
    image.info.pop("icc_profile", None)
    return image if image.mode in ("RGB", "RGBA") else Image.merge("RGB", [image.convert("L")] * 3)


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


def _save_whole(image: Picture, path: str) -> None:
    if image.mode == "RGBA":
        image.save(path, "PNG")
    else:
        # Colours at full resolution: what follows is compressed once more by Pinterest.
        image.save(path, "JPEG", quality=_RENDERED_QUALITY, subsampling=0, optimize=True)


def _save_thumbnail(image: Picture, path: str) -> None:
    for quality in _QUALITIES:
        stream = io.BytesIO()
        image.save(stream, "WEBP", quality=quality, method=4, exif=b"", xmp=b"", icc_profile=b"")
        if stream.tell() <= THUMBNAIL_BYTES:
            break
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
