"""The only place that speaks HTTP to PostPeer. It knows no models; import from here."""

from typing import TYPE_CHECKING, Any

from postpeer_dash.postpeer.addresses import normalise_base_url, safe_url
from postpeer_dash.postpeer.errors import (
    BadAnswer,
    Conflict,
    Invalid,
    KeyRejected,
    NeverSent,
    NotAllowed,
    NotFound,
    NoTurn,
    OutOfCredits,
    PostPeerError,
    RateLimited,
    Refused,
    Unclear,
    classify,
)
from postpeer_dash.postpeer.instants import parse_instant, to_wire
from postpeer_dash.postpeer.types import (
    Board,
    BoardReading,
    Credits,
    Integration,
    PlatformResult,
    PlatformState,
    Post,
    PostReading,
    PostReceipt,
    Profile,
    ScheduledPost,
    Status,
    Timeouts,
    Upload,
    Usage,
    UsageMonth,
    is_final_status,
    is_known_status,
)

if TYPE_CHECKING:
    from postpeer_dash.postpeer.client import Client

__all__ = [
    "BadAnswer",
    "Board",
    "BoardReading",
    "Client",
    "Conflict",
    "Credits",
    "Integration",
    "Invalid",
    "KeyRejected",
    "NeverSent",
    "NoTurn",
    "NotAllowed",
    "NotFound",
    "OutOfCredits",
    "PlatformResult",
    "PlatformState",
    "Post",
    "PostPeerError",
    "PostReading",
    "PostReceipt",
    "Profile",
    "RateLimited",
    "Refused",
    "ScheduledPost",
    "Status",
    "Timeouts",
    "Unclear",
    "Upload",
    "Usage",
    "UsageMonth",
    "classify",
    "is_final_status",
    "is_known_status",
    "normalise_base_url",
    "parse_instant",
    "safe_url",
    "to_wire",
]


def __getattr__(name: str) -> Any:
    """Load the client, and the HTTP library with it, when it is first asked for: most pages never need either."""
    if name == "Client":
        from postpeer_dash.postpeer.client import Client

        return Client
    raise AttributeError(name)
