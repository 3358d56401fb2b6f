"""Small real files, made when they are first asked for."""

import io
from functools import cache

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 64, 96


def picture(width: int = WIDTH, height: int = HEIGHT, mode: str = "RGB") -> Image.Image:
    """Return a picture with another colour in each corner, so that what is turned or cut is seen."""
    image = Image.new("RGB", (width, height), "#8899AA")
    draw = ImageDraw.Draw(image)
    corners = {(0, 0): "red", (1, 0): "lime", (0, 1): "blue", (1, 1): "yellow"}
    for (right, low), colour in corners.items():
        left, top = right * width * 3 // 4, low * height * 3 // 4
        draw.rectangle((left, top, left + width // 4, top + height // 4), fill=colour)
    return image.convert(mode)


@cache
def jpeg(width: int = WIDTH, height: int = HEIGHT, **options: object) -> bytes:
    return encode(picture(width, height), "JPEG", **options)


@cache
def png(width: int = WIDTH, height: int = HEIGHT) -> bytes:
    return encode(picture(width, height), "PNG")


def encode(image: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()
