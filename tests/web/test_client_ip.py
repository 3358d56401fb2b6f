from typing import Any

import pytest
from django.test import RequestFactory

from postpeer_dash.web.client_ip import client_ip


def ask(forwarded: str = "", remote: str = "203.0.113.9") -> str | None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return client_ip(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


def test_without_a_proxy_nothing_that_is_forwarded_counts(settings: Any) -> None:
    settings.BEHIND_PROXY = False
    assert ask("198.51.100.1") == "203.0.113.9"


def test_behind_a_proxy_its_own_word_counts(settings: Any) -> None:
    settings.BEHIND_PROXY = True
    assert ask("10.1.1.1, 198.51.100.1", remote="127.0.0.1") == "198.51.100.1"


@pytest.mark.parametrize("forwarded", ["", "nonsense", "198.51.100.1, nonsense"])
def test_what_is_no_address_is_none(settings: Any, forwarded: str) -> None:
    settings.BEHIND_PROXY = True
    assert ask(forwarded, remote="") is None


def test_mapped_address_is_the_plain_one() -> None:
    assert ask(remote="::ffff:203.0.113.9") == "203.0.113.9"
