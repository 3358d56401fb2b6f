"""The list of pages that `make screenshots ARGS=--all` takes."""

import pytest

from tools.screenshots import shots
from tools.screenshots.shots import LEFT_OUT, SHOTS, Shot, find_gaps, list_routes

FACTS = {"team": "nordlicht", "pin": {"failed": "0001"}, "setup": "token"}


def test_every_address_has_a_row_or_a_reason() -> None:
    assert find_gaps() == []


def test_new_page_without_a_row_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shots, "list_routes", lambda: list_routes() | {"t/<slug:team>/queue/"})
    assert find_gaps() == ["t/<slug:team>/queue/ has neither a row nor a reason."]


def test_row_of_a_page_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shots, "list_routes", lambda: list_routes() - {"me/"})
    assert find_gaps() == ["me/ is no address any more."]


def test_rows_of_one_name_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shots, "SHOTS", (*SHOTS, Shot("me/")))
    assert find_gaps() == ["me--owner is the name of two rows."]


def test_reason_for_a_page_that_is_taken_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shots, "LEFT_OUT", {**LEFT_OUT, "me/": "It was left out once."})
    assert find_gaps() == ["me/ has a row, and a reason to have none."]


def test_address_is_filled_with_the_ids_of_the_seeding() -> None:
    shot = Shot("t/<slug:team>/pins/<uuid:pin>/", what="failed", ids={"pin": "pin.failed"}, query="?token={setup}")
    assert shot.fill(FACTS) == "/t/nordlicht/pins/0001/?token=token"


def test_name_says_address_row_state_and_role() -> None:
    shot = Shot("t/<slug:team>/pins/<uuid:pin>/", "viewer", "failed", state="held", has_mail=True)
    assert shot.name == "t-team-pins-pin--failed--held--mail--viewer"
