"""PostPeer's usage and credits: asked for by a person, stored with the time of the reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from postpeer_dash.accounts.models import Connection, Usage
from postpeer_dash.accounts.postpeer import base_url, current_connection

if TYPE_CHECKING:
    from postpeer_dash.postpeer import Client


def find_usage() -> Usage | None:
    """Return what the configured PostPeer said last; None while nobody has asked."""
    return Usage.objects.filter(connection__base_url=base_url()).first()


def note_used_up(connection: Connection) -> None:
    """Store that PostPeer has refused something for want of credits, until it is asked again."""
    Usage.objects.update_or_create(connection=connection, defaults={"left": 0, "read_at": timezone.now()})


def read_usage(*, client: Client) -> Usage:
    """Ask PostPeer (which costs nothing) and store the answer. Raises PostPeerError."""
    found = client.get_usage()
    connection = current_connection()
    before = Usage.objects.filter(connection=connection).first()
    balances = [balance for balance in (found.monthly, found.purchased) if balance is not None]
    left = sum(max(balance.remaining, 0) for balance in balances) if balances else None
    reading, _made = Usage.objects.update_or_create(
        connection=connection,
        # An overdrawn balance is none left; the columns take no negative number.
        defaults={
            "posts": max(found.total, 0),
            "limit": sum(max(balance.limit, 0) for balance in balances) if balances else None,
            "left": left,
            "cycle_end": found.monthly.cycle_end if found.monthly else None,
            "read_at": timezone.now(),
            "price": _learn_price(before, posts=max(found.total, 0), left=left),
        },
    )
    return reading


# What a post can cost at most, as far as anybody has said: one credit a platform, and a post goes to a few.
_MAX_PRICE = 20.0


def _learn_price(before: Usage | None, *, posts: int, left: int | None) -> float:
    """Return the credits that a post costs: what is gone since the last reading, by the posts that were made since.

    The price that was known where that says nothing: no post was made, credits came in, or more are gone than posts
    can have cost.
    """
    known = before.price if before is not None else 1.0
    if before is None or before.left is None or left is None:
        return known
    made, gone = posts - before.posts, before.left - left
    if made <= 0 or gone <= 0:
        return known
    price = gone / made
    return price if 1.0 <= price <= _MAX_PRICE else known
