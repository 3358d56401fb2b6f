"""What can go wrong with a call to PostPeer, and what each failure leaves open.

Two questions matter after a failure, and every error answers both: `may_have_happened` (can the request have been
carried out all the same) and `can_retry` (can the same request succeed later). A write that may have happened is
never simply sent again: PostPeer has no idempotency key.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Failure(StrEnum):
    """How a call ended without an answer; the value is a sentence for the log and for people."""

    UNRESOLVED = "The name of the server could not be found."
    UNREACHABLE = "The server could not be reached."
    CONNECT_TIMEOUT = "The server did not accept a connection in time."
    TOO_LATE = "The time allowed was over before the request could be sent."
    NO_ANSWER = "The server did not answer in time."
    DEADLINE = "The time allowed was over before the answer was complete."
    CUT = "The connection was cut before the answer was complete."
    TLS = "The secure connection failed."
    UNREADABLE = "The answer could not be unpacked."
    TOO_LARGE = "The answer was larger than any this program expects."
    BROKEN_SOURCE = "The file ended, or could not be read, before all of it was sent."


class PostPeerError(Exception):
    """A call to PostPeer that did not succeed.

    message: the most specific text the answer held, or a sentence of ours (`is_quoted` tells which).
    status: the HTTP status, None without an answer. request_id: PostPeer's, "" when unknown.
    retry_after: seconds PostPeer asks to wait, None when it doesn't say.
    """

    leaves_doubt: ClassVar[bool] = True
    # None: it depends on the status.
    retry_helps: ClassVar[bool | None] = None

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str = "",
        retry_after: float | None = None,
        is_write: bool = True,
        is_quoted: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after
        self.is_quoted = is_quoted
        self.may_have_happened = is_write and self.leaves_doubt
        # Without an answer, and after a server's own fault, a later attempt can succeed; a redirect or an odd
        # refusal comes back the same.
        by_status = status is None or status == 408 or status >= 500
        self.can_retry = by_status if self.retry_helps is None else self.retry_helps


class NeverSent(PostPeerError):
    """Nothing of the request left this machine: sending it again is safe."""

    leaves_doubt = False
    retry_helps = True


class NoTurn(NeverSent):
    """This process asks PostPeer as many things at a time as it may: the request was not even begun."""


class RateLimited(PostPeerError):
    """429: PostPeer asks to come back later."""

    leaves_doubt = False
    retry_helps = True


class Refused(PostPeerError):
    """PostPeer read the request and said no, in one of its documented shapes."""

    leaves_doubt = False
    retry_helps = False


class KeyRejected(Refused):
    """401: the API key is not accepted."""


class OutOfCredits(Refused):
    """402: the PostPeer project has no credits left."""


class NotAllowed(Refused):
    """403: the key is good, but not for this."""


class NotFound(Refused):
    """404: PostPeer knows no such thing under this key."""


class Invalid(Refused):
    """400, 413, 415, 422: the request itself is at fault."""


class Unclear(PostPeerError):
    """Nobody can tell from here what became of the request; for a write, ask before anything is sent again."""


class BadAnswer(Unclear):
    """A 2xx that does not hold what was asked for: no JSON, half of it, another shape, or `success: false`."""

    retry_helps = False


class Conflict(Unclear):
    """409 in a documented shape: the thing is no longer in the state the request expected."""

    retry_helps = False


NEVER_SENT = frozenset({Failure.UNRESOLVED, Failure.UNREACHABLE, Failure.CONNECT_TIMEOUT, Failure.TOO_LATE})

REFUSALS: dict[int, type[Refused]] = {
    400: Invalid,
    401: KeyRejected,
    402: OutOfCredits,
    403: NotAllowed,
    404: NotFound,
    413: Invalid,
    415: Invalid,
    422: Invalid,
}


def classify(
    *, failure: Failure | None = None, status: int = 0, is_documented: bool = False
) -> type[PostPeerError] | None:
    """Return the kind of error an outcome is, or None when it is a success. This table is the whole rule.

    `is_documented`: a 2xx holds what the operation promises (for a new post: a post id, whatever `success` says);
    any other status comes with one of PostPeer's own error bodies, not a proxy's.

        outcome                                     documented   kind          carried out?   try again?
        ------------------------------------------  -----------  ------------  -------------  ----------
        name, connection or time ran out, unsent    -            NeverSent     no             yes
        timeout, cut, TLS, deadline, unreadable     -            Unclear       perhaps        yes
        2xx                                         yes          success       yes            -
        2xx                                         no           BadAnswer     perhaps        no
        429                                         either       RateLimited   no             yes
        400 401 402 403 404 413 415 422             yes          Refused       no             no
        409                                         yes          Conflict      perhaps        no
        5xx, 408                                    either       Unclear       perhaps        yes
        1xx, 3xx, any other 4xx                     either       Unclear       perhaps        no

    "Perhaps" holds for writes; a GET changes nothing. A TLS error is never "unsent": it can follow a whole request.
    """
    if failure is not None:
        return NeverSent if failure in NEVER_SENT else Unclear
    if 200 <= status < 300:
        return None if is_documented else BadAnswer
    if status == 429:
        return RateLimited
    if is_documented and status in REFUSALS:
        return REFUSALS[status]
    if is_documented and status == 409:
        return Conflict
    return Unclear
