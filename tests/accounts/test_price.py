"""What a post costs isn't published: it is learnt from two readings of usage."""

import pytest

from postpeer_dash.accounts.models import Usage
from postpeer_dash.accounts.usage import note_used_up, read_usage
from tests.accounts.factories import make_account
from tests.cast import Cast
from tests.postpeer.samples import a_usage
from tests.postpeer.wire import Wire


def read(wire: Wire, posts: int, left: int) -> Usage:
    usage = a_usage(totalUsage=posts)
    usage["balance"]["monthly"] |= {"limit": 1000, "remaining": left}
    usage["balance"]["purchased"] |= {"remaining": 0}
    wire.get("/v1/usage", json=usage)
    with wire.client() as client:
        return read_usage(client=client)


@pytest.mark.parametrize(
    ("posts", "left", "price"),
    [
        (15, 95, 1.0),
        (15, 90, 2.0),
        (14, 90, 2.5),
        (10, 90, 1.0),
        (15, 100, 1.0),
        (15, 300, 1.0),
        (9, 90, 1.0),
        (11, 50, 1.0),
        (30, 98, 1.0),
    ],
)
def test_price_is_what_is_gone_by_the_posts_that_were_made(
    cast: Cast, postpeer_wire: Wire, posts: int, left: int, price: float
) -> None:
    make_account(cast.team)
    assert read(postpeer_wire, 10, 100).price == 1.0
    assert read(postpeer_wire, posts, left).price == price


def test_what_was_learnt_stays_until_more_is_known(cast: Cast, postpeer_wire: Wire) -> None:
    make_account(cast.team)
    read(postpeer_wire, 10, 100)
    read(postpeer_wire, 12, 96)
    after = read(postpeer_wire, 12, 96)
    assert (after.price, after.affordable()) == (2.0, 48)
    note_used_up(after.connection)
    assert Usage.objects.get().affordable() == 0


@pytest.mark.parametrize(("left", "price", "count"), [(10, 1.0, 10), (10, 3.0, 3), (None, 2.0, 0), (5, 0.0, 5)])
def test_credits_will_do_for_as_many_posts_as_they_pay(left: int | None, price: float, count: int) -> None:
    assert Usage(left=left, price=price).affordable() == count
