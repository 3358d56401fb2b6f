"""Fill the demo: once per data folder, and again only to follow the sandbox to another port."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.text import slugify

from postpeer_dash.accounts.models import Account, Connection, Profile
from postpeer_dash.accounts.postpeer import current_connection
from postpeer_dash.boards.models import Board, BoardList
from postpeer_dash.demo.cast import PASSWORD, people
from postpeer_dash.demo.past_acts import write_audit
from postpeer_dash.demo.places import PLACES, PROFILES, TEAM, Place
from postpeer_dash.demo.scenes import write_scenes
from postpeer_dash.demo.seed import build_seed, has_accounts, send_seed
from postpeer_dash.demo.story import CLIENT_PAST, IN_MOTION, PAST
from postpeer_dash.pins.models import Pin, Target
from postpeer_dash.teams.models import Membership, Role, Team, User

ZONE = "Europe/Berlin"
# Pinterest's ids of boards: 18 digits, told apart by their end.
_FIRST_BOARD = 703124667531900000


def fill_demo() -> bool:
    """Fill dashboard and sandbox with the demo; return whether anything was made.

    Where it is filled already, nothing that a person has changed is touched. Raises RuntimeError outside the sandbox
    and OSError when the sandbox doesn't answer.
    """
    if not settings.SANDBOX:
        raise RuntimeError("The demo belongs to the sandbox. It is never filled in beside a real PostPeer.")
    if User.objects.filter(email=people()[0].email).exists():
        has_moved = follow_port()
        seed = build_seed(current_connection())
        if not has_accounts():
            # The sandbox's folder was emptied: it gets back what the dashboard knows.
            send_seed(seed)
        elif has_moved:
            # Its accounts' pictures lead to the port it had.
            send_seed({"integrations": seed["integrations"]})
        return False
    if User.objects.exists():
        return False
    with transaction.atomic():
        connection = current_connection()
        cast = _make_people()
        teams = {name: _make_team(name, cast, connection) for name in PROFILES}
        for place in PLACES:
            _make_account(place, teams[place.team], connection, cast["mira"])
        write_scenes(teams[TEAM], cast, [*IN_MOTION, *PAST])
        for name, team in teams.items():
            if name != TEAM:
                write_scenes(team, cast, CLIENT_PAST)
            write_audit(team)
    send_seed(build_seed(connection))
    return True


def _make_people() -> dict[str, User]:
    # One hash for all: hashing is slow on purpose, and it is the same password.
    hashed = make_password(PASSWORD)
    made = {}
    now = timezone.now()
    for person in people():
        user = User(
            email=person.email,
            name=person.name,
            time_zone=ZONE,
            password=hashed,
            is_superuser=person.role == Role.OWNER,
            created_at=now - person.joined,
        )
        user.save()
        made[person.key] = user
    return made


def _make_team(name: str, cast: dict[str, User], connection: Connection) -> Team:
    owner, now = people()[0], timezone.now()
    # By hand: what makes a team makes it now, and this one has been here for a while.
    team = Team.objects.create(name=name, slug=slugify(name), time_zone=ZONE, created_at=now - owner.joined)
    Profile.objects.create(team=team, connection=connection, name=f"{name} (demo)", remote_id=PROFILES[name])
    members = people() if name == TEAM else people()[:1]
    # The client's team was looked at earlier: signing in leads to the team that was seen last.
    # But not before the last thing that was done there.
    away = timedelta() if name == TEAM else timedelta(hours=12)
    Membership.objects.bulk_create(
        Membership(
            team=team,
            user=cast[person.key],
            role=person.role,
            created_at=now - person.joined,
            seen_at=now - person.seen - away,
        )
        for person in members
    )
    if name == TEAM:
        User.objects.filter(pk__in=[cast[person.key].pk for person in members]).update(last_team=team)
    return team


def _make_account(place: Place, team: Team, connection: Connection, owner: User) -> None:
    now = timezone.now()
    account = Account.objects.create(
        team=team,
        connection=connection,
        remote_id=place.remote_id,
        platform=place.platform,
        platform_user_id=place.user_id,
        username=place.username,
        display_name=place.name,
        profile_url=f"https://{place.platform}.example/{place.username}",
        image_url=f"{connection.base_url}/pictures/{place.picture}.jpg",
        health=Account.Health.RECONNECT_REQUIRED if place.reason else Account.Health.ACTIVE,
        failure_reason=place.reason,
        connected_by=owner,
        connected_at=now - timedelta(days=40),
        checked_at=now,
    )
    if place.boards:
        BoardList.objects.create(account=account, read_at=now, tried_at=now)
        first = _FIRST_BOARD + account.pk * 100
        Board.objects.bulk_create(
            Board(account=account, remote_id=str(first + number), name=name, privacy=privacy, position=number)
            for number, (name, privacy) in enumerate(place.boards)
        )


def follow_port() -> bool:
    """Follow the sandbox to another port: its address, and those of pictures and links that lead to it.

    Return whether it had moved.
    """
    account = Account.objects.filter(remote_id=PLACES[0].remote_id).select_related("connection").first()
    new = current_connection()
    if account is None or account.connection_id == new.pk:
        return False
    old = account.connection
    before, after = old.base_url, new.base_url
    with transaction.atomic():
        if new.accounts.exists() or new.submissions.exists():
            return False
        new.delete()
        Connection.objects.filter(pk=old.pk).update(base_url=after)
        for rows, field in (
            (Pin.objects, "media_url"),
            (Pin.objects, "cover_image_url"),
            (Target.objects, "url"),
            (Account.objects, "image_url"),
        ):
            moved = Concat(Value(after), Substr(F(field), len(before) + 1))
            rows.filter(**{f"{field}__startswith": f"{before}/"}).update(**{field: moved})
    return True
