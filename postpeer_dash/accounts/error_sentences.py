"""Map the client's errors to the kinds of sentences."""

from postpeer_dash.postpeer import (
    BadAnswer,
    KeyRejected,
    NeverSent,
    NotAllowed,
    NotFound,
    NoTurn,
    OutOfCredits,
    PostPeerError,
    RateLimited,
    Unclear,
)
from postpeer_dash.web.sentences import Sentence, explain

_KINDS: tuple[tuple[type[PostPeerError], str], ...] = (
    (NoTurn, "postpeer_busy"),
    (NeverSent, "postpeer_unreachable"),
    (RateLimited, "rate_limited"),
    (KeyRejected, "key_rejected"),
    (OutOfCredits, "out_of_credits"),
    (NotAllowed, "not_allowed"),
    (NotFound, "not_found"),
    (BadAnswer, "postpeer_error"),
)


def kind_of(error: PostPeerError) -> str:
    """Return the kind of sentence for an error."""
    for error_class, kind in _KINDS:
        if isinstance(error, error_class):
            return kind
    if isinstance(error, Unclear):
        if error.status == 401:
            return "key_rejected"
        # No answer at all, or a server's own fault: to a person both mean that it can't be reached just now.
        if error.status is None or error.status == 408 or error.status >= 500:
            return "postpeer_unreachable"
    return "postpeer_error"


def sentence_for(error: PostPeerError) -> Sentence:
    """Return the sentence for an error that isn't about one account or its boards."""
    return explain(kind_of(error))
