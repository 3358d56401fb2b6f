"""Rate limits, counted in database rows that every process shares and that only time removes.

A cache would do for one process. Django's database cache evicts entries when there are many, and with them the counts,
which is just what somebody who guesses would want.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from postpeer_dash.web.client_ip import network_of, wide_network_of
from postpeer_dash.web.models import RateLimitCounter

# One insertion in so many sweeps out what has run off, so many at most; the worker does the rest.
_SWEEP_EVERY = 50
_SWEEP_MOST = 200


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `max_count` in `seconds`, counted from the first.

    `by` is what is counted: address, network, account, account_network (an account as tried from one network), browser,
    user, team, or everybody together.
    """

    name: str
    by: str
    max_count: int
    seconds: int


# Guessing a password; what was right is given back.
SIGN_IN = (
    Limit("sign-in", "address", 10, 60),
    Limit("sign-in-long", "address", 100, 3600),
    Limit("sign-in", "account_network", 8, 300),
    # From everywhere together. It is far above the one before: who knows an address shouldn't lock its owner out.
    Limit("sign-in", "account", 60, 900),
)
# In a browser in which this account was signed in before: what others try elsewhere isn't held against it.
SIGN_IN_KNOWN = (Limit("sign-in", "browser", 8, 300),)
RESET = (
    Limit("reset", "address", 10, 900),
    Limit("reset", "account_network", 4, 900),
    # Each is a mail to the owner, so this one stays lower.
    Limit("reset", "account", 20, 3600),
)
RESET_KNOWN = (Limit("reset", "browser", 4, 900),)
# Sessions of visitors who aren't signed in, by which they could fill the database.
SIGNED_OUT = (
    Limit("signed-out", "address", 30, 600),
    Limit("signed-out", "network", 120, 3600),
    Limit("signed-out", "everybody", 2000, 3600),
)
SETUP = (Limit("setup", "address", 10, 60),)
INVITE = (
    Limit("invite", "team", 30, 3600),
    Limit("invite", "user", 30, 3600),
    Limit("invite", "address", 60, 3600),
)
EMAIL = (Limit("email", "user", 5, 3600), Limit("email", "account", 3, 3600), Limit("email", "address", 10, 3600))
ACCEPT = (Limit("accept", "address", 20, 600),)
CONNECT = (Limit("connect", "address", 30, 600), Limit("connect", "user", 20, 600))


@dataclass(slots=True)
class LimitUsage:
    """What was counted, so that it can be given back."""

    keys: list[str] = field(default_factory=list)

    def rollback(self) -> None:
        """Give back what was counted: it was no guess."""
        RateLimitCounter.objects.filter(key__in=self.keys, count__gt=0).update(count=F("count") - 1)


def consume(
    limits: tuple[Limit, ...],
    *,
    address: str | None = None,
    account: str = "",
    browser: str = "",
    user: int | None = None,
    team: int | None = None,
) -> LimitUsage | None:
    """Count one try against each of these limits. Returns None as soon as one of them is used up.

    Addresses are counted by network: an IPv6 line has more addresses than a table has rows.
    """
    account = account.strip().lower()
    subjects = {
        "address": network_of(address),
        "network": wide_network_of(address),
        "everybody": "",
        "account": account,
        "account_network": f"{account} from {wide_network_of(address)}",
        "browser": f"{account} in {browser}",
        "user": user,
        "team": team,
    }
    taken = LimitUsage()
    for limit in limits:
        key = _key(limit, str(subjects[limit.by]))
        if not _take(key, limit, timezone.now()):
            # The others keep what they counted: a try that is refused is a try.
            return None
        taken.keys.append(key)
    return taken


def _key(limit: Limit, subject: str) -> str:
    # Whose it is isn't kept in clear: a row would tell which address was tried by whom.
    return hashlib.sha256(f"{limit.name}:{limit.by}:{limit.seconds}:{subject}".encode()).hexdigest()


def _take(key: str, limit: Limit, now: datetime) -> bool:
    """Count one try against a limit. One UPDATE decides, so two processes can't both get the last one."""
    if _add(key, limit, now):
        return True
    ends_at = now + timedelta(seconds=limit.seconds)
    # A savepoint: on Postgres a failed INSERT spoils the transaction around it.
    try:
        with transaction.atomic():
            RateLimitCounter.objects.create(key=key, count=1, ends_at=ends_at)
    except IntegrityError:
        # It was there and full, or another process has just made it.
        return _add(key, limit, now)
    if secrets.randbelow(_SWEEP_EVERY) == 0:
        over = RateLimitCounter.objects.filter(ends_at__lt=now).values_list("pk", flat=True)[:_SWEEP_MOST]
        RateLimitCounter.objects.filter(pk__in=list(over)).delete()
    return True


def _add(key: str, limit: Limit, now: datetime) -> bool:
    is_over = Q(ends_at__lte=now)
    return bool(
        RateLimitCounter.objects.filter(Q(key=key) & (is_over | Q(count__lt=limit.max_count))).update(
            count=Case(When(is_over, then=Value(1)), default=F("count") + 1),
            ends_at=Case(When(is_over, then=Value(now + timedelta(seconds=limit.seconds))), default=F("ends_at")),
        )
    )
