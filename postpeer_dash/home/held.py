"""Why sending is held, with the evidence, and what a person can do about it. Reads our own rows only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from postpeer_dash.accounts.models import Connection, Profile
from postpeer_dash.accounts.postpeer import base_url
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.pause import KeyCheck, all_unknown_posts, check_key_fingerprint, unknown_posts_of
from postpeer_dash.pins.publishing.restore import find_waiting_alike
from postpeer_dash.pins.text.candidates import FoundPost, describe_posts
from postpeer_dash.pins.text.labels import find_title
from postpeer_dash.teams.models import Team
from postpeer_dash.web.sentences import Sentence, explain

# So many posts on the page at once: all of them travel with the button, and a form has room for so many fields.
MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Unknown:
    """A post that nothing here explains. `alike` are the queued pins that may be it, by their submissions."""

    post: FoundPost
    alike: Sequence[tuple[Submission, str]] = ()


@dataclass(frozen=True, slots=True)
class ProfileCheck:
    """A team's profile, and whether it was found under the changed key: None while nobody has looked."""

    team: str
    is_found: bool | None


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold on sending as its page shows it. `sentence` says why; `reason` is a `Connection.held_reason`."""

    reason: str
    since: datetime
    sentence: Sentence
    key: KeyCheck | None
    profiles: Sequence[ProfileCheck]
    unknown: Sequence[Unknown]
    more: int = 0  # so many of them are shown when these are decided

    @property
    def count(self) -> int:
        """Return the number of unknown posts, shown or not."""
        return len(self.unknown) + self.more


def find_held() -> Connection | None:
    """Return the configured PostPeer's connection while its sending is held."""
    return Connection.objects.filter(base_url=base_url()).exclude(held_at=None).first()


def explain_hold(reason: str) -> Sentence:
    """Return the sentence for a reason to hold sending."""
    return explain(f"held_{reason}")


def read_hold(team: Team) -> Hold | None:
    """Return the hold for a team's page, with the team's posts and profile only; None while sending isn't held."""
    connection = find_held()
    if connection is None or connection.held_at is None:
        return None
    posts = unknown_posts_of(team)
    found = describe_posts(team, posts[:MAX_SHOWN])
    alike = find_waiting_alike(team, posts[:MAX_SHOWN])
    unknown = [
        Unknown(post, [(one, find_title(one.pin.title, one.pin.description)) for one in alike.get(post.post_id, [])])
        for post in found
    ]
    return _make_hold(connection, connection.held_at, unknown, team, more=len(posts) - len(unknown))


def read_instance_hold() -> Hold | None:
    """Return the hold as the installation's owner sees it, with the posts and profiles of all teams."""
    connection = find_held()
    if connection is None or connection.held_at is None:
        return None
    posts = all_unknown_posts()
    unknown = [Unknown(post) for post in describe_posts(None, posts[:MAX_SHOWN])]
    return _make_hold(connection, connection.held_at, unknown, None, more=len(posts) - len(unknown))


def _make_hold(
    connection: Connection, since: datetime, unknown: Sequence[Unknown], team: Team | None, *, more: int
) -> Hold:
    reason = connection.held_reason
    key = check_key_fingerprint(connection) if reason == "key_changed" else None
    profiles: list[ProfileCheck] = []
    if key is not None:
        rows = Profile.objects.filter(connection=connection).exclude(remote_id="").select_related("team")
        rows = rows.filter(team=team) if team else rows
        for profile in rows.order_by("team__name", "pk"):
            is_found = None if key.at is None else profile.remote_id not in key.missing
            profiles.append(ProfileCheck(profile.team.name, is_found))
    return Hold(reason, since, explain_hold(reason), key, profiles, unknown, more)
