"""Accounts of the same name are told apart; others keep theirs."""

from typing import Any

import pytest

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.naming import disambiguate

BLANK = {"display_name": "", "username": "", "platform_user_id": ""}


def names(*accounts: dict[str, Any]) -> list[str]:
    rows = [Account(pk=pk, **{"platform": "pinterest", **fields}) for pk, fields in enumerate(accounts, start=1)]
    return [account.name for account in disambiguate(rows)]


def test_names_that_differ_stay_as_they_are() -> None:
    assert names({"display_name": "Atelier"}, {"display_name": "Kornhaus"}) == ["Atelier", "Kornhaus"]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"platform": "linkedin"}, {}, ["Atelier (LinkedIn)", "Atelier (Pinterest)"]),
        ({"username": "one"}, {"username": "two"}, ["Atelier (@one)", "Atelier (@two)"]),
        ({"platform_user_id": "881234"}, {"platform_user_id": "885678"}, ["Atelier (…1234)", "Atelier (…5678)"]),
        ({"platform_user_id": "7"}, {"platform_user_id": ""}, ["Atelier (account 1)", "Atelier (account 2)"]),
        ({}, {}, ["Atelier (account 1)", "Atelier (account 2)"]),
        ({"display_name": "ATELIER"}, {}, ["ATELIER (account 1)", "Atelier (account 2)"]),
    ],
)
def test_same_name_says_what_differs(first: dict[str, Any], second: dict[str, Any], told: list[str]) -> None:
    base = {**BLANK, "display_name": "Atelier"}
    assert names({**base, **first}, {**base, **second}) == told


def test_accounts_without_a_name_are_numbered() -> None:
    assert names(BLANK, BLANK, {**BLANK, "platform": "linkedin"}) == [
        "Pinterest (account 1)",
        "Pinterest (account 2)",
        "LinkedIn",
    ]
