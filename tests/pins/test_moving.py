"""The list of pins looks again by itself while something in it is under way, and only then."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from postpeer_dash.pins.models import Pin, Status
from tests.cast import Cast, SignIn
from tests.pins.listing import make_pin

PAGE = "/t/nordlicht/pins/"
HTMX = {"hx-request": "true"}


def look(client: Client, url: str = PAGE) -> Any:
    return client.get(url, headers=HTMX)


@pytest.mark.parametrize("status", ["queued", "sending", "pending", "publishing", "unconfirmed"])
def test_page_looks_again_while_something_is_under_way(cast: Cast, as_: SignIn, status: str) -> None:
    make_pin(cast.team, cast.bob, status=status)
    assert 'hx-trigger="every 3s"' in as_("vera").get(PAGE).content.decode()


@pytest.mark.parametrize("status", ["draft", "scheduled", "published", "failed", "partial", "cancelled"])
def test_page_keeps_still_when_nothing_moves(cast: Cast, as_: SignIn, status: str) -> None:
    make_pin(cast.team, cast.bob, status=status)
    assert 'hx-trigger="every' not in as_("vera").get(PAGE).content.decode()


def test_page_looks_less_often_with_time(cast: Cast, as_: SignIn) -> None:
    make_pin(cast.team, cast.bob, status=Status.UNCONFIRMED, at=timezone.now() - timedelta(hours=5))
    assert as_("vera").get(PAGE).context["every"] == 60


def test_nothing_comes_back_while_nothing_has_changed(cast: Cast, as_: SignIn) -> None:
    make_pin(cast.team, cast.bob, status=Status.SENDING)
    client = as_("vera")
    response = look(client, client.get(PAGE).context["look_again"])
    assert (response.status_code, response.content) == (204, b"")


def test_change_comes_with_its_sentence_and_ends_the_looking(cast: Cast, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, status=Status.SENDING, title="Oak & ash")
    client = as_("vera")
    again = client.get(f"{PAGE}?view=table").context["look_again"]
    Pin.objects.filter(pk=pin.pk).update(status=Status.PUBLISHED)
    response = look(client, again)
    assert 'data-announce="Oak &amp; ash: Published."' in response.content.decode()
    assert b'hx-trigger="every' not in response.content and b"<table" in response.content
    # The address bar stays as the person left it.
    assert "HX-Push-Url" not in response


@pytest.mark.parametrize("state", ["x", "-", "1-", "zz-sending", "1-sending." * 200])
def test_state_that_makes_no_sense_only_shows_the_list(cast: Cast, as_: SignIn, state: str) -> None:
    make_pin(cast.team, cast.bob, status=Status.SENDING)
    assert look(as_("vera"), f"{PAGE}?state={state}").status_code == 200


def test_looking_again_takes_twelve_queries_at_most(
    cast: Cast, as_: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(24):
        make_pin(cast.team, cast.bob, status=Status.QUEUED)
    client = as_("vera")
    again = client.get(PAGE).context["look_again"]
    with django_assert_max_num_queries(12):
        assert look(client, again).status_code == 204
