"""A team's profile at PostPeer, made when its first account is connected."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from postpeer_dash.accounts.models import Profile
from postpeer_dash.accounts.postpeer import base_url, current_connection
from postpeer_dash.teams.models import Team

if TYPE_CHECKING:
    from postpeer_dash.postpeer import Client

_POLL = 0.2
_NAME_LENGTH = 200


class ProfileBusyError(Exception):
    """Somebody else makes this team's profile at this moment and hasn't finished."""


def find_profile(team: Team) -> Profile | None:
    """Return the team's profile under the configured PostPeer, or None until PostPeer has given it an id."""
    return (
        Profile.objects.filter(team=team, connection__base_url=base_url())
        .exclude(remote_id="")
        .select_related("connection")
        .first()
    )


def ensure_profile(team: Team, *, client: Client) -> Profile:
    """Return the team's profile, made at PostPeer when there is none yet.

    Its unique name is stored before the POST. After an unclear answer the next call looks for that name before it
    creates anything. Two at once make one: the second waits for the first. Raises PostPeerError and ProfileBusyError.
    """
    profile, is_new = _row_of(team)
    deadline = time.monotonic() + settings.POSTPEER_PAGE_DEADLINE
    while not profile.remote_id:
        if _claim(profile):
            return _make(profile, client, is_new=is_new)
        if time.monotonic() > deadline:
            raise ProfileBusyError
        time.sleep(_POLL)
        profile.refresh_from_db()
    return profile


def _row_of(team: Team) -> tuple[Profile, bool]:
    connection = current_connection()
    with transaction.atomic():
        # The team's row is the lock, so that two first visits don't choose two names.
        Team.objects.select_for_update().get(pk=team.pk)
        return Profile.objects.get_or_create(team=team, connection=connection, defaults={"name": _unique_name(team)})


def _unique_name(team: Team) -> str:
    ending = f" ({secrets.token_hex(4)})"
    return f"{team.name.strip()[: _NAME_LENGTH - len(ending)]}{ending}"


def _claim(profile: Profile) -> bool:
    """Whether the making is ours; a claim that nobody gave back ends by itself."""
    now = timezone.now()
    # Three calls with their deadlines fit in: looking it up, making it, and some air.
    until = now + timedelta(seconds=3 * settings.POSTPEER_PAGE_DEADLINE)
    free = Q(making_until__isnull=True) | Q(making_until__lt=now)
    return bool(Profile.objects.filter(free, pk=profile.pk, remote_id="").update(making_until=until))


def _make(profile: Profile, client: Client, *, is_new: bool) -> Profile:
    try:
        # A row that was here before may have had its POST carried out without our hearing of it.
        remote_id = "" if is_new else _look_up(profile.name, client)
        profile.remote_id = remote_id or client.create_profile(name=profile.name).id
        profile.save(update_fields=["remote_id"])
    finally:
        Profile.objects.filter(pk=profile.pk).update(making_until=None)
    return profile


def _look_up(name: str, client: Client) -> str:
    """Return the id of the profile with exactly this name, the oldest if there are several; empty when there is none."""
    found = [profile for profile in client.list_profiles(name=name) if profile.name == name]
    found.sort(key=lambda profile: (profile.created_at is None, profile.created_at or 0, profile.id))
    return found[0].id if found else ""
