"""The faults that the sandbox can be told to have, by name."""

import random
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

POSTS = "/v1/posts"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: where it strikes by default, and its own values with their defaults."""

    says: str
    method: str = ANY
    path: str = "/v1/*"
    params: dict[str, Any] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    "slow": Kind("waits, then carries it out", params={"seconds": 5.0, "after": False}),
    "rate_limit": Kind("answers 429, carries out nothing", params={"retry_after": 2, "as_date": False}),
    "error_before": Kind("answers with an error, carries out nothing", params={"status": 500}),
    "error_after": Kind("carries it out, then answers with an error", params={"status": 500}),
    "refuse_after": Kind(
        "carries it out, then answers with a clean refusal",
        method="POST",
        path=POSTS,
        params={"status": 400, "message": "The request could not be processed"},
    ),
    "cut_before": Kind("cuts the connection, carries out nothing", params={"reset": False}),
    "cut_after": Kind(
        "carries it out, then cuts the connection after so many bytes", params={"after_bytes": 0, "reset": False}
    ),
    "tls_after": Kind("carries it out, then breaks the secure connection", method="POST", path=POSTS),
    "html": Kind("answers with a proxy's HTML page", params={"status": 502, "carried_out": True}),
    "half_json": Kind("carries it out, answers with half of the JSON"),
    "no_post_id": Kind("carries it out, answers without postId", method="POST", path=POSTS),
    "unknown_status": Kind(
        "calls every status by a word nobody knows", path=f"{POSTS}*", params={"status": "in_review"}
    ),
    "drip": Kind("answers byte by byte", params={"seconds_per_byte": 0.2}),
    "list_total_shifts": Kind("counts differently on every page", method="GET", path=POSTS),
    "list_page_fails": Kind("fails on a page after the first", method="GET", path=POSTS, params={"status": 500}),
    "list_page_empty": Kind("gives an empty page before the end", method="GET", path=POSTS),
    "list_duplicates": Kind("repeats a post and leaves one out", method="GET", path=POSTS),
    "body_normalised": Kind("gives rawRequestBody back in another spelling", method="GET", path=f"{POSTS}*"),
    "body_with_defaults": Kind("gives rawRequestBody back with defaults added", method="GET", path=f"{POSTS}*"),
    "body_unreadable": Kind(
        "gives rawRequestBody back empty, as text, as null or not at all",
        method="GET",
        path=f"{POSTS}*",
        params={"shape": "empty"},
    ),
    "hide_post": Kind(
        "carries it out, but leaves it out of lists for a while", method="POST", path=POSTS, params={"seconds": 30.0}
    ),
    "clock_skew": Kind("keeps a wrong clock: Date and createdAt", params={"seconds": 300.0}),
    "date_skew": Kind("gives a wrong Date, beside a right createdAt", params={"seconds": 300.0}),
    "names_again": Kind(
        "answers with the id of an earlier post", method="POST", path=POSTS, params={"carried_out": True}
    ),
    "boards_part": Kind("lists only so many boards", method="GET", path="/v1/pinterest/boards", params={"count": 25}),
    "reconnect_required": Kind("an account needs reconnecting", params={"account": "", "reason": "token_expired"}),
    "no_credits": Kind("answers that the credits are used up", method="POST", path=POSTS),
    "platform_rejects": Kind(
        "the platform refuses the post",
        params={"platform": "pinterest", "message": "Sorry! This site doesn't allow you to save Pins."},
    ),
    "platform_warning": Kind(
        "the platform takes the post, with a warning",
        params={"platform": "pinterest", "message": "Image is still processing.", "status": "published"},
    ),
    "stays_publishing": Kind("a post stays publishing until this is cleared"),
    "never_due": Kind("a scheduled post isn't published until this is cleared"),
}
# Asked about by what they change, not by a request's address.
UNADDRESSED = {
    "clock_skew",
    "date_skew",
    "reconnect_required",
    "platform_rejects",
    "platform_warning",
    "stays_publishing",
    "never_due",
}
HOLDING = {"stays_publishing", "never_due"}


@dataclass(slots=True)
class Fault:
    """A fault that is switched on. `times` None means until it is cleared."""

    name: str
    method: str
    path: str
    times: int | None
    params: dict[str, Any]
    probability: float = 1.0
    dice: random.Random = field(default_factory=random.Random)
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    def fits(self, method: str, path: str) -> bool:
        """Return whether it strikes at this address."""
        return self.method in (ANY, method) and fnmatchcase(path, self.path)

    def shown(self) -> dict[str, Any]:
        """Return the fault as the control page's JSON has it."""
        return {
            "id": self.id,
            "name": self.name,
            "method": self.method,
            "path": self.path,
            "times": self.times,
            "probability": self.probability,
            **self.params,
        }


def read_fault(given: dict[str, Any]) -> Fault:
    """Return a fault from its JSON; raise ValueError with a sentence when a name or a value is wrong."""
    name = given.get("name")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None or not isinstance(name, str):
        raise ValueError(f"There is no fault called {name!r}. Known: {', '.join(KINDS)}.")
    common = {"name", "method", "path", "times", "probability", "seed"}
    unknown = set(given) - common - set(kind.params)
    if unknown:
        raise ValueError(f"{name} doesn't take {', '.join(sorted(unknown))}.")
    times = given.get("times")
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise ValueError("times takes a whole number from 1, or null for until it is cleared.")
    probability = given.get("probability", 1.0)
    if isinstance(probability, bool) or not isinstance(probability, int | float) or not 0 <= probability <= 1:
        raise ValueError("probability takes a number from 0 to 1.")
    path = str(given.get("path") or kind.path)
    return Fault(
        name=name,
        method=str(given.get("method") or kind.method).upper(),
        path=path.rstrip("/") or "/",
        times=times,
        params={key: _read_param(name, key, given.get(key, default), default) for key, default in kind.params.items()},
        probability=float(probability),
        # A test's dice: they have to fall the same way again, not to be secret.
        dice=random.Random(given.get("seed")),  # noqa: S311  # nosec B311
    )


def _read_param(name: str, key: str, value: Any, default: Any) -> Any:
    """Return a fault's own value in the type of its default."""
    if key == "retry_after" and value is None:
        return None
    if isinstance(default, bool):
        fits = isinstance(value, bool)
    elif isinstance(default, int | float):
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    else:
        fits = isinstance(value, str)
    if not fits:
        raise ValueError(f"{name}: {key} takes a value like {default!r}.")
    if key == "status" and isinstance(value, int) and not 200 <= value <= 599:
        raise ValueError(f"{name}: status takes an HTTP status from 200 to 599.")
    return value


class Faults:
    """The faults that are switched on, in order. A restart switches all of them off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switch a fault on."""
        with self._lock:
            self._faults.append(fault)

    def listed(self) -> list[Fault]:
        """Return all faults that are on."""
        with self._lock:
            return list(self._faults)

    def clear(self, which: str = "") -> list[Fault]:
        """Switch off all faults, or those with this name or id; return them."""
        with self._lock:
            gone = [fault for fault in self._faults if which in ("", fault.name, fault.id)]
            self._faults = [fault for fault in self._faults if fault not in gone]
        return gone

    def take(self, name: str, method: str, path: str) -> Fault | None:
        """Return the first fault of this name that strikes at this address, and count it; None otherwise."""
        return self._take(name, lambda fault: fault.fits(method, path))

    def take_for(self, name: str, **matching: str) -> Fault | None:
        """Return the first fault of this name whose own values match (an empty one matches all), and count it."""
        return self._take(
            name, lambda fault: all(fault.params.get(key) in ("", value) for key, value in matching.items())
        )

    def _take(self, name: str, fits: Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.name != name or not fits(fault):
                    continue
                if fault.probability < 1 and fault.dice.random() >= fault.probability:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                return fault
        return None

    def skew(self, name: str = "clock_skew") -> float:
        """Return how many seconds the clock is off, or what such a fault adds to it in a header."""
        return sum(float(fault.params["seconds"]) for fault in self.listed() if fault.name == name)


def spelled_otherwise(text: str) -> str:
    """Return an instant without its milliseconds and with another zero offset: the same time in other characters."""
    return re.sub(r"(?:\.0+)?Z$", "+00:00", text)
