"""Every page there is: which address, as whom, in which state. What has no page has its reason here.

A page goes by its address as the resolver spells it, since addresses stay when modules and views change their names.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

WIDTHS = {1280: 900, 390: 844}  # and the height of the window
THEMES = ("light", "dark")

# On a page: fill a field, press what leads to another page, or open what stays on this one.
Step = tuple[str, str] | tuple[str, str, str]
_MAIN_FORM = "main form[method=post] [type=submit]"
SUBMIT: Step = ("press", _MAIN_FORM)
# Addresses beside the resolver's.
BESIDE = {"nowhere/"}


@dataclass(frozen=True, slots=True)
class Shot:
    """One page. `ids` are where in the seeding's facts the ids of its address stand.

    `what` tells the rows of one address apart. With `start` another address is opened, and the steps lead to this one.
    """

    route: str
    who: str = "owner"
    what: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    state: str = "full"
    has_mail: bool = False
    steps: tuple[Step, ...] = ()
    status: int = 200
    start: str = ""
    lands: str = ""  # where it leads on to, when the page is shown there

    @property
    def name(self) -> str:
        """What its pictures are called, before width and theme."""
        route = re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)", lambda found: found[1] or found[2], self.route)
        slug = re.sub(r"[^\w]+", "-", route).strip("-") or "root"
        state = "" if self.state == "full" else self.state
        return "--".join(part for part in (slug, self.what, state, "mail" if self.has_mail else "", self.who) if part)

    def fill(self, facts: Mapping[str, Any]) -> str:
        """Return the address to open, with the ids that the seeding has made."""

        def find(match: re.Match[str]) -> str:
            value: Any = facts
            name = match[1] or match[2]
            for key in self.ids.get(name, name).split("."):
                value = value[key]
            return str(value)

        path = re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)", find, self.start or self.route)
        return "/" + re.sub(r"[\^$]", "", path) + re.sub(r"\{(\w+)\}", lambda found: str(facts[found[1]]), self.query)


_T = "t/<slug:team>/"
_PIN = f"{_T}pins/<uuid:pin>/"
_ONE = f"{_PIN}submissions/<uuid:submission>/"
_EMPTY = {"team": "empty"}
_LONG = "A title that goes on and on until it is longer than the hundred characters that Pinterest takes of one. "


def _pins(suffix: str, *names: str, who: str = "owner", **more: Any) -> Iterator[Shot]:
    for name in names:
        yield Shot(f"{_PIN}{suffix}", who, name, {"pin": f"pin.{name}"}, **more)


def _team_pages() -> Iterator[Shot]:
    """Return what everybody in a team sees, roles for whom it differs, a team that has nothing yet, and every alarm."""
    for who in ("owner", "editor", "contributor", "viewer"):
        yield Shot(_T, who)
    for state in ("held", "rejected", "stopped", "silent", "moved"):
        yield Shot(_T, state=state)
    for who in ("owner", "viewer"):
        yield Shot(f"{_T}hours/", who, state="moved")
    yield Shot(f"{_T}hours/", what="empty", ids=_EMPTY)
    yield Shot(_T, "contributor", state="held")
    pages = (
        "",
        "pins/",
        "pins/new/",
        "calendar/",
        "library/",
        "boards/",
        "accounts/",
        "members/",
        "audit/",
        "settings/",
    )
    for page in (*pages, "settings/stop/", "settings/delete/"):
        yield Shot(f"{_T}{page}", what="empty", ids=_EMPTY)
    for page in ("pins/", "calendar/", "boards/", "accounts/", "members/"):
        for who in ("owner", "contributor", "viewer"):
            yield Shot(f"{_T}{page}", who)
    history = {
        "table": "?view=table",
        "nothing": "?q=nothing+like+this",
        "found": "?q=soup",
        "partial": "?status=partial",
        "waiting": "?status=draft&review=waiting",
        "odd": "?status=nonsense",
    }
    for what, query in history.items():
        yield Shot(f"{_T}pins/", what=what, query=query)
    yield Shot(f"{_T}calendar/", what="quiet", query="?month=2031-02")
    yield Shot(f"{_T}calendar/", what="last", query="?month=2026-10")
    yield Shot(f"{_T}boards/", what="found", query="?q=soft")
    yield Shot(f"{_T}boards/", what="nothing", query="?q=nothing+like+this")
    for state in ("stopped", "held"):
        yield Shot(f"{_T}settings/", state=state)
    for path in ("", "accounts/", "boards/", "members/"):
        yield Shot(f"{_T}{path}", state="trouble", has_mail=path == "members/")
    yield Shot("instance/", state="trouble")


def _settings_pages() -> Iterator[Shot]:
    """Return what is managed: settings, members, invitations, accounts."""
    yield Shot(f"{_T}settings/")
    yield Shot(f"{_T}settings/", "admin")
    yield Shot(f"{_T}settings/", "viewer", status=403)
    yield Shot(f"{_T}settings/", what="wrong", steps=(("fill", "main [name=name]", ""), SUBMIT), status=422)
    yield Shot(f"{_T}settings/stop/")
    yield Shot(f"{_T}settings/delete/")
    delete_form = (("fill", "main [name=name]", "Another name"), SUBMIT)
    yield Shot(f"{_T}settings/delete/", what="wrong", steps=delete_form, status=422)
    for state in ("held", "rejected", "full"):
        yield Shot(f"{_T}held/", "admin", state=state)
    for query, what in (("", ""), ("?action=pin.publish_pressed", "narrowed"), ("?q=nothing", "odd")):
        yield Shot(f"{_T}audit/", what=what, query=query)
    yield Shot(f"{_T}members/", "admin")
    for mail in (False, True):
        yield Shot(f"{_T}members/invite/", has_mail=mail)
    wrong = (("fill", "[name=email]", "not an address"), SUBMIT)
    yield Shot(f"{_T}members/invite/", what="wrong", steps=wrong, status=422)
    right = (("fill", "[name=email]", "somebody@gast.example"), SUBMIT)
    yield Shot(f"{_T}members/invite/", what="invited", steps=right)
    for who, status in (("editor", 200), ("owner", 409)):
        yield Shot(f"{_T}members/leave/", who, steps=(SUBMIT,) if status == 409 else (), status=status)
    for member in ("editor", "owner"):
        ids = {"member": f"member.{member}"}
        yield Shot(f"{_T}members/<int:member>/", what=member, ids=ids)
        yield Shot(f"{_T}members/<int:member>/remove/", what=member, ids=ids)
    ids = {"member": "member.owner"}
    yield Shot(f"{_T}members/<int:member>/remove/", what="last-owner", ids=ids, steps=(SUBMIT,), status=409)
    yield Shot(f"{_T}accounts/connected/<int:attempt>/")
    yield Shot(f"{_T}accounts/connected/<int:attempt>/", "admin", status=403)
    for account in ("healthy", "linkedin"):
        yield Shot(f"{_T}accounts/<int:account>/disconnect/", what=account, ids={"account": f"account.{account}"})
    yield Shot(f"{_T}boards/<int:account>/add/", ids={"account": "account.healthy"})
    yield Shot(f"{_T}accounts/unclaimed/<slug:key>/disconnect/", ids={"key": "unclaimed"})
    for end in ("", "cancelled/"):
        yield Shot(f"connect/return/<str:nonce>/{end}", ids={"nonce": "invitation.wrong"}, status=404)


def _pin_pages() -> Iterator[Shot]:
    """Return a pin in each of its states, what can be done with it, and the form that makes one."""
    states = ("draft", "queued", "sending", "publishing", "scheduled", "changing", "cancelling", "published", "partial")
    yield from _pins("", *states, "failed", "refused", "unconfirmed", "candidates", "cancelled", "waiting", "returned")
    for who in ("contributor", "viewer"):
        yield from _pins("", "waiting", "returned", "scheduled", "failed", "candidates", who=who)
    for state in ("stopped", "silent"):
        yield from _pins("", "queued", state=state)
    yield from _pins("edit/", "draft", "waiting")
    yield from _pins("edit/", "returned", "own-draft", who="contributor")
    yield from _pins("edit/scheduled/", "scheduled")
    yield from _pins("delete/", "draft")
    yield from _pins("cancel/", "scheduled", "queued")
    yield from _pins("send-back/", "waiting")
    wrong = (("fill", "[name=note]", ""), SUBMIT)
    yield Shot(f"{_PIN}send-back/", what="wrong", ids={"pin": "pin.waiting"}, steps=wrong, status=422)
    for name in ("unconfirmed", "candidates"):
        ids = {"pin": f"pin.{name}", "submission": f"submission.{name}"}
        yield Shot(f"{_ONE}found/", what=name, ids=ids)
        yield Shot(f"{_ONE}absent/", what=name, ids=ids)
    ids = {"pin": "pin.unconfirmed", "submission": "submission.unconfirmed"}
    yield Shot(f"{_ONE}found/", what="wrong", ids=ids, steps=(("fill", "[name=url]", "nothing"), SUBMIT), status=422)
    for who in ("owner", "contributor"):
        yield Shot(f"{_T}pins/new/", who)
    yield Shot(f"{_T}pins/new/", "viewer", status=403)
    yield Shot(f"{_T}pins/new/", what="picker", steps=(("open", "[role=combobox]"),))
    publish: Step = ("press", "button[name=action][value=publish]")
    yield Shot(f"{_T}pins/new/", what="nothing-typed", steps=(publish,), status=422)
    fields: tuple[Step, ...] = (
        ("fill", "[name=title]", _LONG + _LONG),
        ("fill", "[name=link]", "not an address"),
        ("fill", "[name=media_url]", "neither"),
        ("press", "button[name=action][value=schedule]"),
    )
    yield Shot(f"{_T}pins/new/", what="wrong", steps=fields, status=422)


def _own_pages() -> Iterator[Shot]:
    """Return a person's own pages: name, mails, address, password, second factor, sessions."""
    yield Shot("me/")
    yield Shot("me/", "viewer")
    for mail in (False, True):
        yield Shot("me/notifications/", has_mail=mail)
        yield Shot("me/email/", has_mail=mail)
    wrong = (("fill", "[name=email]", "no address"), SUBMIT)
    yield Shot("me/email/", what="wrong", has_mail=True, steps=wrong, status=422)
    link = "me/email/<str:token>/"
    yield Shot(link, ids={"token": "email_token"})
    yield Shot(link, "viewer", ids={"token": "email_token"}, status=403)
    yield Shot(link, what="unknown", ids={"token": "invitation.wrong"}, status=404)
    yield Shot("auth/sessions/")
    yield Shot("auth/sessions/", "viewer")
    yield Shot("auth/logout/")
    yield Shot("auth/password/change/")
    yield Shot("auth/password/change/", what="wrong", steps=(SUBMIT,), status=200)
    yield Shot("auth/password/set/", "guest")
    yield Shot("auth/reauthenticate/", "owner-before")
    factor = "auth/second-factor/"
    for who in ("owner", "admin", "editor"):
        yield Shot(factor, who)
    yield Shot(f"{factor}totp/activate/")
    wrong = (("fill", "[name=code]", "000000"), SUBMIT)
    yield Shot(f"{factor}totp/activate/", what="wrong", steps=wrong)
    yield Shot(f"{factor}totp/deactivate/", "admin")
    yield Shot(f"{factor}recovery-codes/", "admin")
    yield Shot(f"{factor}recovery-codes/generate/", "admin")
    yield Shot(f"{factor}reauthenticate/", "admin")
    yield Shot(f"{factor}webauthn/", "editor")
    yield Shot(f"{factor}webauthn/add/", "editor")
    yield Shot(f"{factor}webauthn/reauthenticate/", "editor")
    for page in ("edit", "remove"):
        yield Shot(f"{factor}webauthn/keys/<int:pk>/{page}/", "editor", ids={"pk": "passkey"})


def _doors() -> Iterator[Shot]:
    """Return the ways in, for whoever isn't signed in, and what is there for somebody without a team."""
    yield Shot("", "guest")
    yield Shot("setup/", "nobody", what="closed", state="fresh", status=403)
    yield Shot("setup/", "nobody", state="fresh", query="?token={setup}")
    empty = (SUBMIT,)
    yield Shot("setup/", "nobody", what="wrong", state="fresh", query="?token={setup}", steps=empty, status=422)
    yield Shot("auth/login/", "nobody")
    sign_in: Step = ("press", "form:has(input[name=password]) [type=submit]")
    mira: Step = ("fill", "[name=login]", "mira@nordlicht.example")
    lena: Step = ("fill", "[name=login]", "lena@nordlicht.example")
    wrong: Step = ("fill", "[name=password]", "not the one it is")
    right: Step = ("fill", "[name=password]", "{password}")
    yield Shot("auth/login/", "nobody", what="wrong", steps=(mira, wrong, sign_in))
    yield Shot("auth/login/", "nobody", what="refused", steps=(mira, right, ("forget", "csrf"), sign_in), status=422)
    second = "auth/second-factor/authenticate/"
    yield Shot(second, "nobody", start="auth/login/", steps=(lena, right, sign_in))
    code: Step = ("fill", "[name=code]", "000000")
    press_code: Step = ("press", "form:has(input[name=code]) [type=submit]")
    yield Shot(second, "nobody", what="wrong", start="auth/login/", steps=(lena, right, sign_in, code, press_code))
    for page in ("inactive/", "signup/", "confirm-email/", "password/reset/done/", "password/reset/key/done/"):
        yield Shot(f"auth/{page}", "nobody")
    for mail in (False, True):
        yield Shot("auth/password/reset/", "nobody", has_mail=mail)
    key = r"auth/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"
    link = "auth/password/reset/key/<str:reset>/"
    yield Shot(key, "nobody", start=link, lands="/auth/password/reset/key/5-set-password/")
    yield Shot(key, "nobody", what="over", start=link, ids={"reset": "reset_over"})
    yield Shot(r"auth/^confirm-email/(?P<key>[-:\w]+)/$", "nobody", ids={"key": "invitation.wrong"})
    invitation = "invitations/<str:token>/"
    for name, who, status in (
        ("new", "nobody", 200),
        ("known", "nobody", 200),
        ("known", "guest", 200),
        ("new", "guest", 403),
        ("old", "nobody", 410),
        ("wrong", "nobody", 404),
    ):
        yield Shot(invitation, who, name, {"token": f"invitation.{name}"}, status=status)
    typed = (("fill", "[name=name]", ""), SUBMIT)
    yield Shot(invitation, "nobody", "mistyped", {"token": "invitation.new"}, steps=typed, status=422)
    yield Shot("nowhere/", status=404)
    yield Shot("nowhere/", "nobody", status=404)


def _instance_pages() -> Iterator[Shot]:
    """Return the installation's own pages."""
    yield Shot("instance/")
    yield Shot("instance/", "admin", status=404)
    for state in ("held", "rejected"):
        yield Shot("instance/", state=state)
        yield Shot("instance/held/", state=state)
    yield Shot("instance/held/")
    yield Shot("instance/teams/new/")
    yield Shot("instance/teams/new/", what="wrong", steps=(("fill", "[name=name]", ""), SUBMIT), status=422)
    yield Shot("instance/accounts/")
    yield Shot("instance/audit/")


SHOTS = tuple(
    chain(_team_pages(), _settings_pages(), _pin_pages(), _own_pages(), _doors(), _instance_pages()),
)

_FORM = "It takes a form and has no page of its own."
_PART = "It answers a part of a page that is taken whole."
_FILE = "It answers a file."
LEFT_OUT = {
    f"{_T}settings/resume/": _FORM,
    f"{_T}settings/usage/": _FORM,
    f"{_T}settings/second-factor/": _FORM,
    f"{_T}held/go-on/": _FORM,
    f"{_T}hours/back/": _FORM,
    f"{_T}hours/keep/": _FORM,
    f"{_PIN}hour/back/": _FORM,
    f"{_PIN}hour/keep/": _FORM,
    f"{_T}held/match/": _FORM,
    "instance/stop/": _FORM,
    "instance/held/go-on/": _FORM,
    "instance/audit/csv/": _FILE,
    "me/theme/": _FORM,
    "me/time-zone/": _FORM,
    f"{_T}members/invitations/<int:invitation>/resend/": _FORM,
    f"{_T}members/invitations/<int:invitation>/link/": _FORM,
    f"{_T}members/invitations/<int:invitation>/revoke/": _FORM,
    f"{_T}audit/csv/": _FILE,
    f"{_T}accounts/refresh/": _FORM,
    f"{_T}accounts/connect/<slug:platform>/": _FORM,
    f"{_T}accounts/add/<int:attempt>/": _FORM,
    f"{_T}accounts/<int:account>/reconnect/": _FORM,
    f"{_T}boards/picker/": _PART,
    f"{_T}boards/<int:account>/refresh/": _FORM,
    f"{_T}pins/view/": _FORM,
    f"{_T}pins/renewed/<int:account>/move/": _FORM,
    f"{_T}pins/new/earlier/": _PART,
    f"{_T}media/": _FORM,
    f"{_T}media/<uuid:file>/": _PART,
    f"{_T}media/<uuid:file>/pieces/<int:number>/": _FORM,
    f"{_T}media/<uuid:file>/finish/": _FORM,
    f"{_T}media/<uuid:file>/discard/": _FORM,
    f"{_T}media/<uuid:file>/crop/": _FORM,
    f"{_T}media/<uuid:file>/thumbnail.webp": _FILE,
    f"{_PIN}live/": _PART,
    f"{_PIN}copy/": _FORM,
    f"{_PIN}approve/": _FORM,
    f"{_PIN}retry/": _FORM,
    f"{_PIN}dismiss/": _FORM,
    "auth/email/": "It leads on to me/email/.",
    "auth/login/code/confirm/": "Nobody is sent codes to sign in with: it leads on to the sign-in.",
    "auth/second-factor/recovery-codes/download/": _FILE,
    "auth/second-factor/webauthn/login/": "It answers the sign-in page's script.",
}


def list_routes() -> set[str]:
    """Return every address that the project serves, as the resolver spells them."""
    from django.urls import URLResolver, get_resolver

    def walk(resolver: Any, prefix: str = "") -> Iterator[str]:
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, route)
            else:
                yield route

    return set(walk(get_resolver()))


def find_gaps() -> list[str]:
    """Return what is wrong with the list, one sentence each: empty when every address has a row or a reason."""
    routes, shown = list_routes(), {shot.route for shot in SHOTS}
    names = [shot.name for shot in SHOTS]
    return [
        *(f"{route or '/'} has neither a row nor a reason." for route in sorted(routes - shown - set(LEFT_OUT))),
        *(f"{route or '/'} is no address any more." for route in sorted((shown | set(LEFT_OUT)) - routes - BESIDE)),
        *(f"{route or '/'} has a row, and a reason to have none." for route in sorted(shown & set(LEFT_OUT))),
        *(f"{name} is the name of two rows." for name in sorted({one for one in names if names.count(one) > 1})),
    ]
