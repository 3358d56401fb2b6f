"""Cards: pins as lists show them, on the wall, in the table and on home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.platforms import platform_name
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.models import MediaType, Review, Status
from postpeer_dash.pins.pin_pictures import picture_url
from postpeer_dash.pins.search.pin_lists import HistoryPage, Row, TargetStatus
from postpeer_dash.pins.text.labels import find_title, safe_url
from postpeer_dash.web.html import format_html
from postpeer_dash.web.templatetags.dash import icon, sign, sign_bare, target_sign

# A label on a picture means "look here".
_LOOK_HERE = frozenset({Status.PARTIAL, Status.FAILED, Status.UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class Card:
    """A pin in a list.

    `sign` is its status as a whole, `label` a shorter word for it; `signs` show each platform's status after sending.
    """

    key: str  # its place on the page, so that the focus finds it again
    url: str
    title: str
    sign: str
    label: str
    over: SafeString
    picture: str
    film: str
    color: str
    board: str
    account: str
    first_name: str
    by: str
    signs: SafeString
    at: datetime
    is_edited: bool


def make_cards(
    page: HistoryPage,
    home: str,
    *,
    slug: str,
    accounts: Mapping[int, Account],
    shows_author: bool = True,
    distinctions: Mapping[int, str] | None = None,
) -> list[Card]:
    """Return the cards of a page of pins.

    home: history's address. slug: the team's. accounts: the team's by id, named on the cards when there are several. distinctions: what
    tells boards of equal names apart, by their ids.
    """
    alike = distinctions or {}
    names = {pk: account.name for pk, account in accounts.items()}
    return [
        _make_card(
            row,
            page.target_statuses.get(row.pk, ()),
            home,
            names,
            slug=slug,
            shows_author=shows_author,
            distinction=alike.get(row.board_id or 0, ""),
        )
        for row in page.rows
    ]


def _make_card(
    row: Row,
    target_statuses: Sequence[TargetStatus],
    address: str,
    names: Mapping[int, str],
    *,
    slug: str,
    shows_author: bool,
    distinction: str,
) -> Card:
    account = names.get(row.account_id or 0, "")
    author = row.author_name or row.author_email or ""
    is_draft = row.status == Status.DRAFT
    whole = row.review if is_draft and row.review != Review.NONE else row.status
    is_video = row.media_type == MediaType.VIDEO
    picture = make_picture_url(slug, row)
    by = [account if len(names) > 1 else "", author if shows_author else ""]
    return Card(
        key=f"pin-{row.pk:x}",
        url=f"{address}{row.uuid}/",
        title=find_title(row.title, row.beginning),
        sign=whole,
        label=_("To approve") if is_draft and row.review == Review.WAITING else "",
        over=_make_overlay(row.status, is_video=is_video),
        picture=picture,
        film=safe_url(row.media_url) if is_video and not picture else "",
        color=row.dominant_color,
        board=_name_board(row, distinction),
        account=account,
        first_name=(row.author_name or author).split(" ")[0],
        by=" · ".join(part for part in by if part),
        signs=_make_badges(whole, () if is_draft else target_statuses),
        at=row.updated_at if is_draft else row.scheduled_for or row.sort_at,
        is_edited=is_draft,
    )


def make_picture_url(slug: str, row: Row) -> str:
    """Return the address of the picture that stands for a pin in a list; "" where there is none."""
    return picture_url(
        slug,
        row.picture,
        media_type=row.media_type,
        media_url=row.media_url,
        cover_image_url=row.cover_image_url,
    )


def _name_board(row: Row, distinction: str) -> str:
    if row.board_name is None:
        return ""
    board = Board(name=row.board_name)
    board.distinction = distinction
    return board.label


def _make_overlay(status: str, *, is_video: bool) -> SafeString:
    label = sign(status) if status in _LOOK_HERE else SafeString("")
    if not is_video:
        return label
    word = _("Video")
    return format_html(
        '<span class="kind">{}<span class="visually-hidden">{}</span></span>{}', icon("play"), word, label
    )


def _make_badges(whole: str, target_statuses: Sequence[TargetStatus]) -> SafeString:
    language = get_language()
    if not target_statuses:
        return _pin_badge(whole, language)
    return format_html(
        '<ul class="targets">{}</ul>',
        SafeString("".join(_target_badge(*fate[:2], language) for fate in target_statuses)),  # nosec B703
    )


# A list repeats few of them very often. The language is part of the key, since badges have words.
@lru_cache(maxsize=1024)
def _target_badge(platform: str, status: str, _language: str | None) -> SafeString:
    return target_sign(status, platform_name(platform))


@lru_cache(maxsize=256)
def _pin_badge(name: str, _language: str | None) -> SafeString:
    return sign_bare(name)
