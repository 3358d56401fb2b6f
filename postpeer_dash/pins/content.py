"""What a person composes. The texts of a pin are listed here, once: whatever reads, copies, compares or saves a pin's
texts goes by this list.
"""

from dataclasses import dataclass, fields
from typing import Any

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.models import MediaType


@dataclass(frozen=True, slots=True, kw_only=True)
class PinTexts:
    """The fields of a pin that are text, each by the name of its column. Newlines are LF."""

    title: str = ""
    description: str = ""
    link: str = ""
    media_type: str = MediaType.IMAGE
    media_url: str = ""
    alt_text: str = ""
    dominant_color: str = ""
    cover_image_url: str = ""


TEXT_FIELDS = tuple(each.name for each in fields(PinTexts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Content(PinTexts):
    """What a person composed. The accounts and the board are rows of the pin's team."""

    account: Account | None = None
    board: Board | None = None
    cross_post: tuple[Account, ...] = ()


def texts_of(source: object) -> dict[str, Any]:
    """Return the texts of a pin, a draft's content or whatever else has them as attributes, by name."""
    return {name: getattr(source, name) for name in TEXT_FIELDS}
