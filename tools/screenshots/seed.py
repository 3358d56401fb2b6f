"""What the pictures show: the demo's story, and beside it whatever else a page can have to show.

The only part of the tool that knows the product from inside, and it knows as little as it can: rows are made by the
forms that people use, by the demo, and by the helpers of the tests. Runs frozen, as a process of its own.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import requests
from time_machine import Traveller

from tools.screenshots.frozen import NOW, freeze
from tools.screenshots.instance import HOST, PORT, SANDBOX_URL, SITE_URL, find_sandbox
from tools.screenshots.passkey import make_registration
from tools.screenshots.states import copy_database, state_file, write_facts

TEAM, EMPTY = "atelier-nordlicht", "werkstatt-sud"
# The demo's people by their role. The owner of its team owns the installation as well.
PEOPLE = {"owner": "mira", "admin": "lena", "editor": "ewa", "contributor": "jonas", "viewer": "sami"}
GUEST = "tilda.ohlsson@gast.example"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Safari/604.1"
TOTP_SECRET = "NORDLICHTNORDLICHTNORDLICHTNORDL"  # noqa: S105


@dataclass
class Seeding:
    """The work under way: where it goes, the clock, and what was learned for the pictures."""

    folder: Path
    traveller: Traveller
    facts: dict[str, Any] = field(default_factory=lambda: {"sessions": {}, "pin": {}, "submission": {}})
    clients: dict[str, Any] = field(default_factory=dict)

    def at(self, **ago: float) -> None:
        """Move the clock to so long before the moment of the pictures."""
        self.traveller.move_to(NOW - timedelta(**ago), tick=False)

    def keep(self, state: str) -> None:
        """Keep the database as it is now as one of the states."""
        copy_database(self.database, state_file(self.folder, state))

    @property
    def database(self) -> Path:
        """The database that is being filled."""
        return self.folder / "seed.sqlite3"


def main() -> None:
    """Fill the folder that the command line names."""
    traveller, _chance = freeze()
    find_sandbox()
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    # So that an answer brings along what its page was made from.
    setup_test_environment()
    work = Seeding(Path(sys.argv[1]), traveller)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    _keep_fresh(work)
    call_command("demo", stdout=StringIO())
    for step in (_sign_in, _make_teams, _invite, _make_pins, _connect, _lose_a_board, _add_factors, _write_links):
        step(work)
        work.at()
    _find_pins(work)
    _see_worker()
    work.keep("full")
    for name, change in _STATES.items():
        change(work)
        work.keep(name)
        copy_database(state_file(work.folder, "full"), work.database)
    write_facts(work.folder, work.facts)


def _model(label: str) -> Any:
    from django.apps import apps

    return apps.get_model(label)


def _team_path(rest: str = "", team: str = TEAM) -> str:
    return f"/t/{team}/{rest}"


def _control(what: str, **body: Any) -> None:
    """Tell the sandbox through its control page."""
    requests.post(f"{SANDBOX_URL}/control/{what}", json=body, timeout=20).raise_for_status()


def _expect(response: Any, *statuses: int) -> Any:
    if response.status_code not in statuses:
        path = response.request["PATH_INFO"]
        raise RuntimeError(f"{path} answered {response.status_code}:\n{response.content.decode()[:3000]}")
    return response


def _keep_fresh(work: Seeding) -> None:
    """Keep the state in which nobody has signed up yet."""
    from postpeer_dash.teams.services import renew_setup_token

    work.facts["setup"] = renew_setup_token()
    work.keep("fresh")
    _model("teams.SetupToken").objects.all().delete()


# --- People ------------------------------------------------------------------------------------------------------


def _client(number: int, agent: str = BROWSER) -> Any:
    from django.test import Client

    host = f"{HOST}:{PORT}"
    return Client(HTTP_HOST=host, REMOTE_ADDR=f"192.0.2.{number}", HTTP_USER_AGENT=agent, HTTP_ACCEPT_LANGUAGE="en-GB")


def _enter(work: Seeding, name: str, email: str, *, number: int, agent: str = BROWSER) -> None:
    """Sign a person in through the form, and keep the session under a name."""
    from django.conf import settings
    from django.contrib.auth import get_user_model

    from tests.e2e.stack import password_of

    client = _client(number, agent)
    if get_user_model().objects.get(email=email).has_usable_password():
        password = password_of(email)
        _expect(client.post("/auth/login/", {"login": email, "password": password}), 302)
    else:
        client.force_login(get_user_model().objects.get(email=email))
    work.clients[name] = client
    work.facts["sessions"][name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    work.facts["session_cookie"] = settings.SESSION_COOKIE_NAME


def _sign_in(work: Seeding) -> None:
    """Everybody is signed in; the owner elsewhere, too, and for so long that a page asks for the password again."""
    from django.contrib.auth import get_user_model

    from tests.e2e.stack import password_of

    get_user_model().objects.create_user(GUEST, name="Tilda Ohlsson", time_zone="Europe/Stockholm")
    emails = {role: f"{key}@nordlicht.example" for role, key in PEOPLE.items()}
    work.at(days=2, hours=3)
    _enter(work, "owner-phone", emails["owner"], number=31, agent=PHONE)
    work.at(hours=5)
    _client(66).post("/auth/login/", {"login": emails["owner"], "password": "not the one it is"})
    _enter(work, "owner-before", emails["owner"], number=11)
    work.at(minutes=2)
    for number, (role, email) in enumerate(emails.items(), start=11):
        _enter(work, role, email, number=number)
        # These have just typed their password once more, so that the pages that want it show themselves.
        _expect(work.clients[role].post("/auth/reauthenticate/", {"password": password_of(email)}), 302)
    _enter(work, "guest", GUEST, number=40)
    work.facts |= {"team": TEAM, "empty": EMPTY, "password": password_of(emails["owner"])}
    members = _model("teams.Membership").objects.filter(team__slug=TEAM)
    work.facts["member"] = {role: members.get(role=role).pk for role in PEOPLE}


def _make_teams(work: Seeding) -> None:
    """A team that has nothing yet."""
    work.at(minutes=1)
    made = work.clients["owner"].post("/instance/teams/new/", {"name": "Werkstatt Süd", "time_zone": "Europe/Berlin"})
    assert _expect(made, 302)["Location"] == _team_path("members/", EMPTY)


def _invite(work: Seeding) -> None:
    """Invitations that wait: for somebody new, for somebody who has an account, and one that is over."""
    owner, tokens = work.clients["owner"], {}
    invited = {"new": "nora.berg@gast.example", "known": GUEST, "old": "paul.iversen@gast.example"}
    for name, email in invited.items():
        work.at(days=9 if name == "old" else 1)
        page = _expect(owner.post(_team_path("members/invite/"), {"email": email, "role": "editor"}), 200)
        found = re.search(r"/invitations/([^/]+)/", page.content.decode())
        assert found
        tokens[name] = found[1]
    work.facts["invitation"] = {**tokens, "wrong": "nowhere"}


def _add_factors(work: Seeding) -> None:
    """The admin has an app for codes and ten recovery codes, the editor a passkey."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP
    from django.contrib.auth import get_user_model

    users = {role: get_user_model().objects.get(email=f"{key}@nordlicht.example") for role, key in PEOPLE.items()}
    work.at(days=3)
    TOTP.activate(users["admin"], TOTP_SECRET)
    RecoveryCodes.activate(users["admin"])
    data = {"name": "Blue key", "credential": make_registration(SITE_URL)}
    key = Authenticator.objects.create(user=users["editor"], type=Authenticator.Type.WEBAUTHN, data=data)
    work.facts["passkey"] = key.pk


def _write_links(work: Seeding) -> None:
    """The links that mails carry: to a new password, and to another address of one's own."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str
    from django.contrib.auth import get_user_model
    from django.core import signing
    from django.test import override_settings

    user = get_user_model().objects.get(email=f"{PEOPLE['viewer']}@nordlicht.example")
    work.facts["reset"] = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    work.facts["reset_over"] = f"{user_pk_to_url_str(user)}-abcdef-0123456789abcdef"
    signed: list[str] = []
    dumps = signing.dumps

    def listen(what: Any, *args: Any, **kwargs: Any) -> str:
        text = dumps(what, *args, **kwargs)
        if "mira@okafor.example" in str(what):
            signed.append(text)
        return text

    # The mail is sealed before anybody could read the link in it.
    with override_settings(HAS_MAIL=True), patch("django.core.signing.dumps", listen):
        _expect(work.clients["owner"].post("/me/email/", {"email": "mira@okafor.example"}), 302)
    work.facts["email_token"] = signed[0]


# --- Pins --------------------------------------------------------------------------------------------------------


def _make_pins(work: Seeding) -> None:
    """A pin in each state that the demo's story doesn't show."""
    from tests.pins.factories import make_due
    from tests.pins.factories import work as carry_out

    made = work.facts["pin"]
    work.at(minutes=4)
    made["queued"] = _compose(work, "A bench from one old door", "arch", "Walls")
    work.at(minutes=1)
    made["sending"] = _compose(work, "Felted slippers, three sizes", "rug", "Shop: new arrivals")
    _leave_sending(made["sending"])
    work.at()
    made["publishing"] = _compose(work, "Evening light in a north room", "dusk", "Quiet corners")
    carry_out(_submission(made["publishing"]))
    made["changing"] = _compose(work, "A weekend by the lake", "hills", "Winter away", when="2026-11-26T09:30:00")
    carry_out(_submission(made["changing"]))
    _change_scheduled(work, made["changing"])
    made["cancelling"] = _compose(work, "Market morning", "tomatoes", "Colour", when="2026-11-27T08:15:00")
    carry_out(_submission(made["cancelling"]))
    _expect(work.clients["editor"].post(_team_path(f"pins/{made['cancelling']}/cancel/")), 302)
    _control(
        "faults", faults=[{"name": "error_before", "method": "POST", "path": "/v1/posts", "status": 400, "times": 1}]
    )
    made["refused"] = _compose(work, "Paper stars from old maps", "dunes", "Colour")
    carry_out(_submission(made["refused"]))
    _control("faults", faults=[{"name": "cut_before", "method": "POST", "path": "/v1/posts", "times": 1}], clear=True)
    made["candidates"] = _compose(work, "Plum jam without sugar", "citrus", "Washed linen")
    unclear = carry_out(_submission(made["candidates"]))
    _control("faults", faults=[], clear=True)
    _plant_candidate(unclear)
    carry_out(make_due(unclear))
    _return_one(work)


def _compose(work: Seeding, title: str, picture: str, board: str, *, when: str = "") -> str:
    """Hand a pin in through the form, to go out at once or at a time in Berlin. Returns its id."""
    row = _model("boards.Board").objects.get(account__team__slug=TEAM, name=board)
    fields = {
        "form_id": str(uuid4()),
        "account": row.account_id,
        "board": row.pk,
        "title": title,
        "description": "With what the house has, and an hour of time.",
        "link": "https://nordlicht.example/journal/",
        "media_type": "image",
        "media_url": f"{SANDBOX_URL}/pictures/{picture}.jpg",
        "timezone": "Europe/Berlin",
        "action": "schedule" if when else "publish",
        **({"scheduled_for": when} if when else {}),
    }
    answer = _expect(work.clients["editor"].post(_team_path("pins/new/"), fields), 302)
    return str(answer["Location"].rstrip("/").rpartition("/")[2])


def _submission(pin: str) -> Any:
    return _model("pins.Submission").objects.select_related("pin").get(pin__uuid=pin)


def _leave_sending(pin: str) -> None:
    """The moment in which a worker has sent a pin and waits for the answer."""
    one = _submission(pin)
    facts = {"state": "sending", "attempts": 1, "sent_at": NOW - timedelta(seconds=4), "due_at": None}
    type(one).objects.filter(pk=one.pk).update(**facts, lease_until=NOW + timedelta(seconds=110))
    one.pin.targets.update(status="sending")
    type(one.pin).objects.filter(pk=one.pin.pk).update(status="sending")


def _change_scheduled(work: Seeding, pin: str) -> None:
    """Ask for a change that no worker has carried out yet."""
    address = _team_path(f"pins/{pin}/edit/scheduled/")
    form = _expect(work.clients["editor"].get(address), 200).context["form"]
    fields = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])}
    fields |= {"title": "A long weekend by the lake", "action": "save"}
    _expect(work.clients["editor"].post(address, fields), 302)


def _plant_candidate(submission: Any) -> None:
    """A post at PostPeer with the same picture and other words, which may be this pin."""
    body = {**submission.body, "content": "Plum jam, and the spoon stands in it"}
    created = (NOW - timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    platforms = [{**entry, "status": "published"} for entry in body["platforms"]]
    post = {"postId": "66f0c0ffee0000000000cafe", "status": "published", "createdAt": created, "rawRequestBody": body}
    _control("seed", posts=[{**post, "content": body["content"], "platforms": platforms}])


def _return_one(work: Seeding) -> None:
    """One of the contributor's pins comes back with a note."""
    waiting = _model("pins.Pin").objects.filter(team__slug=TEAM, review="waiting").order_by("pk")
    pin = waiting.last()
    work.facts["pin"]["returned"] = str(pin.uuid)
    fields = {"note": "The picture is lovely. Please say in the first line that it is printed by hand."}
    _expect(work.clients["editor"].post(_team_path(f"pins/{pin.uuid}/send-back/"), fields), 302)


def _find_pins(work: Seeding) -> None:
    """Note the ids of the demo's own pins, by what became of them."""
    pins = _model("pins.Pin").objects.filter(team__slug=TEAM).order_by("pk")
    for status in ("draft", "unconfirmed", "failed", "partial", "scheduled", "published", "cancelled"):
        work.facts["pin"].setdefault(status, str(pins.filter(status=status, review="none").first().uuid))
    work.facts["pin"]["waiting"] = str(pins.filter(review="waiting").first().uuid)
    author = work.clients["contributor"].session["_auth_user_id"]
    work.facts["pin"]["own-draft"] = str(pins.filter(status="draft", review="none", author=author).first().uuid)
    for name in ("unconfirmed", "candidates"):
        work.facts["submission"][name] = str(_submission(work.facts["pin"][name]).uuid)


# --- Accounts and boards -----------------------------------------------------------------------------------------


def _connect(work: Seeding) -> None:
    """A way back from the consent page that brought something, an account nobody added, and one in no profile."""
    owner = work.clients["owner"]
    leaving = _expect(owner.post(_team_path("accounts/connect/pinterest/")), 200)
    consent = leaving["Refresh"].partition("url=")[2]
    page = requests.get(consent, timeout=20).text
    choices = re.findall(r'name="identity" value="([^"]+)"', page) or re.findall(r'value="([^"]+)" required', page)
    back = requests.post(consent, data={"action": "allow", "identity": choices[0]}, timeout=20, allow_redirects=False)
    returned = _expect(owner.get(back.headers["Location"].partition(f"{HOST}:{PORT}")[2]), 302)
    work.facts["attempt"] = returned["Location"].rstrip("/").rpartition("/")[2]
    profile = _model("accounts.Profile").objects.get(team__slug=TEAM).remote_id
    stray = {"platform": "pinterest", "imageUrl": f"{SANDBOX_URL}/pictures/leaves.jpg"}
    unclaimed = {"id": "66f0b1a0c2d3e4f506172899", "profileId": profile, "displayName": "Nordlicht Papier"}
    homeless = {"id": "66f0b1a0c2d3e4f5061728aa", "profileId": None, "displayName": "Garten am Fluss"}
    names = [{"platformUserId": "70312459881234009", "username": "nordlichtpapier"}, {"username": "gartenamfluss"}]
    rows = [{**stray, **one, **name} for one, name in zip((unclaimed, homeless), names, strict=True)]
    _control("seed", integrations=rows)
    _expect(owner.post(_team_path("accounts/refresh/")), 302)
    _expect(owner.post(_team_path("settings/usage/")), 302)
    page = _expect(owner.get(_team_path("accounts/")), 200).content.decode()
    found = re.search(r"/unclaimed/([\w-]+)/disconnect/", page)
    assert found
    work.facts["unclaimed"] = found[1]
    rows = _model("accounts.Account").objects.filter(team__slug=TEAM)
    named = {"healthy": "Atelier Nordlicht", "broken": "Kornhaus Küche", "linkedin": "Nordlicht Studio GmbH"}
    work.facts["account"] = {key: rows.get(display_name=name).pk for key, name in named.items()}


def _lose_a_board(work: Seeding) -> None:
    """A board that pins wait for is deleted on Pinterest."""
    account = _model("accounts.Account").objects.get(pk=work.facts["account"]["healthy"])
    board = account.boards.get(name="Outdoors with small people")
    _control("boards", accountId=account.remote_id, remove=[board.remote_id])
    # What is missing from a reading is told by what an earlier moment has seen.
    account.boards.update(seen_at=NOW - timedelta(minutes=5))
    _expect(work.clients["owner"].post(_team_path(f"boards/{account.pk}/refresh/")), 302)
    board.refresh_from_db()
    assert board.gone_at


# --- States ------------------------------------------------------------------------------------------------------


def _see_worker() -> None:
    _model("worker.Worker").objects.create(name="pictures", seen_at=NOW)


def _hold(work: Seeding) -> None:
    """Sending is held: PostPeer has posts that nothing here explains."""
    account = _model("accounts.Account").objects.get(pk=work.facts["account"]["healthy"])
    board = account.boards.get(name="Walls")
    posts = [
        {
            "id": f"66f0c0ffee000000000000{number}",
            "created_at": (NOW - timedelta(hours=hours)).isoformat(),
            "text": text,
            "title": "",
            "url": f"{SANDBOX_URL}/pin/{number}",
            "media": [],
            "board": board.remote_id,
            "accounts": [account.remote_id],
            "is_seen": False,
        }
        for number, hours, text in ((11, 3, "A hallway in three greens"), (12, 7, "Printed by hand, dried on a line"))
    ]
    facts = {"held_at": NOW - timedelta(minutes=50), "held_reason": "unknown_posts", "unknown_posts": posts}
    _model("accounts.Connection").objects.filter(pk=account.connection_id).update(**facts)


def _stop(work: Seeding) -> None:
    """The team has stopped what it sends."""
    _expect(work.clients["owner"].post(_team_path("settings/stop/")), 302)


def _silence(_work: Seeding) -> None:
    """No worker has been seen for an hour."""
    _model("worker.Worker").objects.update(seen_at=NOW - timedelta(hours=1))


def _reject_key(_work: Seeding) -> None:
    """Sending is held: PostPeer refuses the key."""
    facts = {"held_at": NOW - timedelta(minutes=20), "held_reason": "key_rejected"}
    _model("accounts.Connection").objects.update(**facts)


def _move_hours(_work: Seeding) -> None:
    """The rules for Berlin have changed: two pins would go out an hour later, of a third nobody knows its hour."""
    pins = _model("pins.Pin").objects.filter(team__slug=TEAM, status="scheduled", time_zone="Europe/Berlin")
    for number, pin in enumerate(pins.order_by("scheduled_for")[:3]):
        clock = (pin.scheduled_for.replace(tzinfo=None)).isoformat(timespec="minutes") if number < 2 else ""
        facts = {"wall_clock": clock, "zone_release": "2025b" if clock else "?", "hour_asked_at": NOW}
        pins.filter(pk=pin.pk).update(**facts)


def _trouble(work: Seeding) -> None:
    """Mails didn't arrive, a list of boards is perhaps a part, and what is scheduled keeps an old integration."""
    mails, invitations = _model("teams.Mail").objects, _model("teams.Invitation").objects
    invitation = invitations.filter(team__slug=TEAM, email="tilda.ohlsson@gast.example").get()
    facts = {"subject": "", "due_at": None, "attempts": 1, "failed_at": NOW - timedelta(minutes=9)}
    said = "550 5.1.1 The email account that you tried to reach does not exist."
    mails.create(kind="invitation", invitation=invitation, to=invitation.email, failure="refused", answer=said, **facts)
    said = "421 4.3.2 Service not available"
    mails.create(kind="notice", to="ewa@nordlicht.example", failure="given_up", answer=said, **facts)
    account = _model("accounts.Account").objects.get(pk=work.facts["account"]["healthy"])
    _model("boards.BoardList").objects.filter(account=account).update(listed=25)
    submissions = _model("pins.Submission").objects.filter(state="accepted", pin__account=account)
    for submission in submissions:
        for entry in submission.body["platforms"]:
            if entry["platform"] == account.platform:
                entry["accountId"] = "66f0b1a0c2d3e4f506170000"
        submissions.filter(pk=submission.pk).update(body=submission.body)


_STATES: dict[str, Callable[[Seeding], None]] = {
    "held": _hold,
    "rejected": _reject_key,
    "stopped": _stop,
    "silent": _silence,
    "moved": _move_hours,
    "trouble": _trouble,
}


if __name__ == "__main__":
    main()
