import pytest

from postpeer_dash.web.status_badges import BADGES, STATUS_BADGES, find_badge


def test_every_status_has_a_shape_of_its_own() -> None:
    icons = [badge.icon for badge in STATUS_BADGES.values()]
    assert len(icons) == len(set(icons))


def test_every_badge_has_a_word_of_its_own() -> None:
    words = [str(sign.word) for sign in BADGES.values()]
    assert all(words)
    assert len(words) == len(set(words))


@pytest.mark.parametrize("name", list(BADGES))
def test_a_badge_is_found_by_its_name(name: str) -> None:
    assert find_badge(name).name == name


def test_a_status_nobody_knows_reads_as_not_known() -> None:
    assert find_badge("quarantined").name == "unknown"
