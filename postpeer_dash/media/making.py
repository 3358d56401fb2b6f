"""What is made of a file: the form that is sent, the small picture of ours, and what pictures are compared by."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from postpeer_dash.media.cleaning.clean_films import clean_film
from postpeer_dash.media.cleaning.clean_pictures import clean_picture
from postpeer_dash.media.decoder.decoding import cut, decode
from postpeer_dash.media.facts import Facts, Trailing
from postpeer_dash.media.formats.detect import inspect
from postpeer_dash.media.store import CLEAN, RENDERED, THUMBNAIL

__all__ = ["Made", "cut", "make", "read_facts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file that is ready to be sent: `CLEAN` in its folder, and for a picture `THUMBNAIL`.

    kind, width, height, duration: of what is sent. color, dhash, tile: as `media/decoder` computes them, of pictures.
    notes: what was done, by the keys of `media/notes.py`.
    """

    kind: str
    width: int
    height: int
    duration: float = 0.0
    color: str = ""
    dhash: str = ""
    tile: bytes | None = None
    has_thumbnail: bool = False
    notes: tuple[str, ...] = ()


def read_facts(path: Path) -> Facts:
    """Return what a file is. Raises ValidationError with the reason to refuse it."""
    with path.open("rb") as stream:
        return inspect(stream, path.stat().st_size)


def make(original: Path, facts: Facts, *, keeps_place: bool, ai_label: bool) -> Made:
    """Make what is sent of an original, beside it. Raises ValidationError with the reason to refuse it."""
    if facts.kind.is_film:
        removed = _clean(original, facts, keeps_place=keeps_place, ai_label=ai_label)
        notes = _name_removed(removed, facts, ai_label=ai_label)
        return Made(kind=facts.kind, width=facts.width, height=facts.height, duration=facts.duration, notes=notes)
    is_rendered = facts.kind.is_converted or facts.needs_rgb
    rendered = original.with_name(RENDERED) if is_rendered else None
    seen = decode(original, facts, thumbnail=original.with_name(THUMBNAIL), rendered=rendered)
    sent = read_facts(rendered) if rendered else facts
    # Made anew, a picture has lost its label.
    is_labelled = ai_label or facts.is_ai_labelled
    removed = _clean(rendered or original, sent, keeps_place=keeps_place, ai_label=is_labelled)
    return Made(
        kind=sent.kind,
        width=seen.width,
        height=seen.height,
        color=seen.color,
        dhash=seen.dhash,
        tile=seen.tile,
        has_thumbnail=True,
        notes=(*_name_conversion(facts), *_name_removed(removed, facts, ai_label=ai_label)),
    )


def _clean(path: Path, facts: Facts, *, keeps_place: bool, ai_label: bool) -> Collection[str]:
    """Write the clean form beside a file; return what was taken out."""
    clean = clean_film if facts.kind.is_film else clean_picture
    with path.open("rb") as source, path.with_name(CLEAN).open("w+b") as target:
        return clean(source, target, facts, keep_place=keeps_place, ai_label=ai_label).removed


def _name_conversion(facts: Facts) -> list[str]:
    if facts.kind.is_converted:
        return ["converted"]
    return ["to_rgb"] if facts.needs_rgb else []


def _name_removed(removed: Collection[str], facts: Facts, *, ai_label: bool) -> tuple[str, ...]:
    # A picture that was made anew has lost what the original told already.
    is_anew = facts.kind.is_converted or facts.needs_rgb
    gone = {
        "place": "place" in removed or (is_anew and facts.has_place),
        "device": "device" in removed or (is_anew and facts.has_device),
        facts.trailing.value or "other": facts.trailing is not Trailing.NOTHING,
        "ai_label": ai_label or facts.is_ai_labelled,
    }
    return tuple(name for name, is_so in gone.items() if is_so)
