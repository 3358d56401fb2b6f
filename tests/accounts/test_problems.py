import pytest

from postpeer_dash.accounts.error_sentences import kind_of
from postpeer_dash.postpeer import (
    BadAnswer,
    Conflict,
    Invalid,
    KeyRejected,
    NeverSent,
    NotAllowed,
    NotFound,
    OutOfCredits,
    PostPeerError,
    RateLimited,
    Unclear,
)
from postpeer_dash.web.sentences import WORDINGS


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NeverSent("no"), "postpeer_unreachable"),
        (Unclear("no"), "postpeer_unreachable"),
        (Unclear("no", status=502), "postpeer_unreachable"),
        (Unclear("no", status=408), "postpeer_unreachable"),
        (Unclear("no", status=302), "postpeer_error"),
        (Unclear("no", status=401), "key_rejected"),
        (KeyRejected("no", status=401), "key_rejected"),
        (OutOfCredits("no", status=402), "out_of_credits"),
        (NotAllowed("no", status=403), "not_allowed"),
        (NotFound("no", status=404), "not_found"),
        (RateLimited("no", status=429), "rate_limited"),
        (BadAnswer("no", status=200), "postpeer_error"),
        (Conflict("no", status=409), "postpeer_error"),
        (Invalid("no", status=400), "postpeer_error"),
    ],
)
def test_every_error_has_its_sentence(error: PostPeerError, kind: str) -> None:
    assert kind_of(error) == kind
    assert kind in WORDINGS
