import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from postpeer_dash.teams.models import User

ADA = User(email="ada.lovelace@example.com", name="Augusta Byron")


def refusals_of(password: str) -> list[str]:
    try:
        validate_password(password, ADA)
    except ValidationError as refusal:
        return refusal.messages
    return []


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("kurz4lamp", "This is too short. A password takes 10 characters or more."),
        ("password123", "This is among the passwords that are tried first. Choose something nobody would guess."),
        ("8472910365528", "These are only digits. Add some letters or words."),
        ("ada.lovelace", "This is too much like your e-mail address. Choose something else."),
        ("augusta.byron", "This is too much like your name. Choose something else."),
    ],
)
def test_weak_password_is_refused_in_our_words(password: str, said: str) -> None:
    assert refusals_of(password) == [said]


def test_long_sentence_is_taken() -> None:
    assert refusals_of("long evenings by the lamp") == []
