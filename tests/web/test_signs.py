import pytest

from postpeer_dash.web.status_badges import SIGNS, STATUS_SIGNS, find_sign


def test_every_status_has_a_shape_of_its_own() -> None:
    icons = [sign.icon for sign in STATUS_SIGNS.values()]
    assert len(icons) == len(set(icons))


def test_every_sign_has_a_word_of_its_own() -> None:
    words = [str(sign.word) for sign in SIGNS.values()]
    assert all(words)
    assert len(words) == len(set(words))


@pytest.mark.parametrize("name", list(SIGNS))
def test_a_sign_is_found_by_its_name(name: str) -> None:
    assert find_sign(name).name == name


def test_a_status_nobody_knows_reads_as_not_known() -> None:
    assert find_sign("quarantined").name == "unknown"
