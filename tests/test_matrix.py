"""Every address against everybody: anonymous, an outsider, and each role. A new address without a row fails."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from requests.exceptions import ConnectTimeout

from postpeer_dash.teams.models import Role
from tests.cast import Cast

EVERYBODY = [Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.ADMIN, Role.OWNER]
COMPOSERS = EVERYBODY[1:]
PUBLISHERS = EVERYBODY[2:]
MANAGERS = EVERYBODY[3:]


@dataclass(frozen=True)
class Row:
    """An address of a team: who may use it, with which method, and what else stands in it."""

    name: str
    roles: list[Role]
    method: str = "get"
    extra: tuple[Any, ...] = ()
    other_methods: tuple[str, ...] = ()
    is_empty: bool = False  # what it asks for isn't there in this test


PIN = uuid.UUID(int=1)
ROWS = [
    Row("home:home", EVERYBODY),
    Row("pins:history", EVERYBODY),
    Row("pins:calendar", EVERYBODY),
    Row("pins:view", EVERYBODY, "post"),
    Row("pins:hours", EVERYBODY),
    Row("pins:restore_hours", PUBLISHERS, "post"),
    Row("pins:keep_hours", PUBLISHERS, "post"),
    Row("pins:restore_hour", COMPOSERS, "post", (PIN,)),
    Row("pins:keep_hour", COMPOSERS, "post", (PIN,)),
    Row("pins:compose", COMPOSERS, other_methods=("post",)),
    Row("pins:earlier", COMPOSERS),
    Row("pins:library", EVERYBODY),
    Row("media:begin", COMPOSERS, "post"),
    Row("media:status", COMPOSERS, extra=(PIN,), is_empty=True),
    Row("media:piece", COMPOSERS, "put", (PIN, 0), is_empty=True),
    Row("media:finish", COMPOSERS, "post", (PIN,), is_empty=True),
    Row("media:discard", COMPOSERS, "post", (PIN,), is_empty=True),
    Row("media:crop", COMPOSERS, "post", (PIN,), is_empty=True),
    Row("media:thumbnail", EVERYBODY, extra=(PIN,), is_empty=True),
    Row("pins:pin", EVERYBODY, extra=(PIN,)),
    Row("pins:live", EVERYBODY, extra=(PIN,)),
    Row("pins:edit", COMPOSERS, extra=(PIN,), other_methods=("post",)),
    Row("pins:edit_scheduled", PUBLISHERS, extra=(PIN,), other_methods=("post",)),
    Row("pins:move_renewed", MANAGERS, "post", (1,)),
    Row("pins:delete", COMPOSERS, extra=(PIN,), other_methods=("post",)),
    Row("pins:copy", COMPOSERS, "post", (PIN,)),
    Row("pins:cancel", PUBLISHERS, extra=(PIN,), other_methods=("post",)),
    Row("pins:retry", PUBLISHERS, "post", (PIN,)),
    Row("pins:dismiss", PUBLISHERS, "post", (PIN,)),
    Row("pins:confirm_published", PUBLISHERS, extra=(PIN, PIN), other_methods=("post",)),
    Row("pins:confirm_absent", PUBLISHERS, extra=(PIN, PIN), other_methods=("post",)),
    Row("boards:boards", EVERYBODY),
    Row("boards:picker", COMPOSERS, is_empty=True),
    Row("boards:refresh", COMPOSERS, "post", (1,)),
    Row("boards:add", COMPOSERS, extra=(1,), other_methods=("post",)),
    Row("accounts:accounts", EVERYBODY),
    Row("accounts:connect", MANAGERS, "post", ("pinterest",)),
    Row("accounts:connected", MANAGERS, extra=(1,)),
    Row("accounts:add", MANAGERS, "post", (1,)),
    Row("accounts:disconnect_unclaimed", MANAGERS, extra=("int_1",), other_methods=("post",)),
    Row("accounts:refresh", MANAGERS, "post"),
    Row("accounts:reconnect", MANAGERS, "post", (1,)),
    Row("accounts:disconnect", MANAGERS, extra=(1,), other_methods=("post",)),
    Row("teams:second_factor", MANAGERS, "post"),
    Row("pins:approve", PUBLISHERS, "post", (PIN,)),
    Row("pins:send_back", PUBLISHERS, extra=(PIN,), other_methods=("post",)),
    Row("teams:members", EVERYBODY),
    Row("teams:invite", MANAGERS, other_methods=("post",)),
    Row("teams:leave", EVERYBODY, other_methods=("post",)),
    Row("teams:member", MANAGERS, extra=(10**9,), other_methods=("post",)),
    Row("teams:remove", MANAGERS, extra=(10**9,), other_methods=("post",)),
    Row("teams:resend", MANAGERS, "post", (10**9,)),
    Row("teams:hand_over", MANAGERS, "post", (10**9,)),
    Row("teams:revoke", MANAGERS, "post", (10**9,)),
    Row("teams:audit", MANAGERS),
    Row("teams:audit_csv", MANAGERS),
    Row("home:settings", MANAGERS, other_methods=("post",)),
    Row("home:stop", MANAGERS, other_methods=("post",)),
    Row("home:resume", MANAGERS, "post"),
    Row("home:usage", MANAGERS, "post"),
    Row("home:held", MANAGERS),
    Row("home:go_on", MANAGERS, "post"),
    Row("home:match", MANAGERS, "post"),
    Row("home:delete_team", [Role.OWNER], other_methods=("post",)),
]
# Addresses outside a team: open to all, or to whoever is signed in.
OPEN = {
    "root",
    "teams:setup",
    "teams:invitation",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_email",
    "account_email_verification_sent",
    "account_confirm_login_code",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
SIGNED_IN = {
    "teams:me",
    "teams:notifications",
    "teams:email",
    "teams:confirm_email",
    "teams:theme",
    "teams:time_zone",
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_set_password",
    "accounts:return",
    "accounts:return_cancelled",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "usersessions_list",
}


WITH_NUMBER = {"mfa_remove_webauthn", "mfa_edit_webauthn"}


# The installation's own pages: there for its owner alone.
INSTANCE = {
    "home:instance": "get",
    "home:new_team": "get",
    "home:bring_in": "get",
    "home:stop_instance": "post",
    "home:instance_held": "get",
    "home:instance_go_on": "post",
    "home:instance_audit": "get",
    "home:instance_audit_csv": "get",
}


def names(resolver: Any, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}"


def test_every_address_has_a_row() -> None:
    known = {row.name for row in ROWS} | OPEN | SIGNED_IN | set(INSTANCE)
    assert set(names(get_resolver())) == known


def address(row: Row, cast: Cast) -> str:
    return reverse(row.name, args=[cast.team.slug, *row.extra])


def ask(client: Client, row: Row, cast: Cast) -> int:
    return int(getattr(client, row.method)(address(row, cast)).status_code)


ids = [row.name for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_stranger_is_sent_to_the_sign_in(cast: Cast, row: Row) -> None:
    response = getattr(Client(), row.method)(address(row, cast))
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/auth/login/")


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_outsider_finds_nothing(cast: Cast, row: Row) -> None:
    client = Client()
    client.force_login(cast.charlie)
    assert ask(client, row, cast) == 404


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_member_without_the_right_is_forbidden(cast: Cast, row: Row) -> None:
    for role in set(EVERYBODY) - set(row.roles):
        client = Client()
        client.force_login(cast.by_role(role))
        assert ask(client, row, cast) == 403, role


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_member_with_the_right_is_let_in(cast: Cast, row: Row, postpeer_wire: Any) -> None:
    for path in ("/v1/profiles", "/v1/connect/integrations", "/v1/usage"):
        for method in ("GET", "POST"):
            if method == "GET" or path == "/v1/profiles":
                postpeer_wire.prepare(method, path, raises=ConnectTimeout(), repeat=True, optional=True)
    for role in row.roles:
        client = Client()
        client.force_login(cast.by_role(role))
        # What the made-up ids lead to isn't there; the door itself is passed.
        assert ask(client, row, cast) in (
            ({404, 413} if row.extra or row.is_empty else set()) | {200, 204, 302, 303, 400, 422, 502, 503}
        ), role


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_other_methods_are_refused(cast: Cast, row: Row) -> None:
    client = Client()
    client.force_login(cast.alice)
    for method in {"get", "post", "put", "delete", "patch"} - {row.method, *row.other_methods}:
        assert getattr(client, method)(address(row, cast)).status_code == 405, method


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_removed_member_finds_nothing(cast: Cast, row: Row) -> None:
    client = Client()
    client.force_login(cast.bob)
    cast.team.memberships.filter(user=cast.bob).delete()
    assert ask(client, row, cast) == 404


@pytest.mark.parametrize("name", sorted(SIGNED_IN))
def test_own_pages_want_a_sign_in(cast: Cast, name: str) -> None:
    with_token = name.startswith("accounts:return") or name == "teams:confirm_email"
    arguments = ["nonce"] if with_token else [1] if name in WITH_NUMBER else []
    response = Client().get(reverse(name, args=arguments))
    assert response.status_code in (302, 405)
    if response.status_code == 302:
        assert response.headers["Location"].startswith("/auth/login/")


@pytest.mark.parametrize(("name", "method"), sorted(INSTANCE.items()))
def test_installation_is_not_there_for_anybody_else(cast: Cast, name: str, method: str) -> None:
    anonymous = getattr(Client(), method)(reverse(name))
    assert anonymous.status_code == 302 and anonymous.headers["Location"].startswith("/auth/login/")
    for person in (cast.alice, cast.vera, cast.charlie):
        client = Client()
        client.force_login(person)
        assert getattr(client, method)(reverse(name)).status_code == 404


@pytest.mark.parametrize(("name", "method"), sorted(INSTANCE.items()))
def test_owner_of_the_installation_is_let_in(cast: Cast, name: str, method: str, postpeer_wire: Any) -> None:
    postpeer_wire.prepare("GET", "/v1/connect/integrations", raises=ConnectTimeout(), repeat=True, optional=True)
    cast.alice.is_superuser = True
    cast.alice.save(update_fields=["is_superuser"])
    client = Client()
    client.force_login(cast.alice)
    assert getattr(client, method)(reverse(name)).status_code in (200, 302)
    for other in {"get", "post", "put", "delete", "patch"} - {method, "post"}:
        assert getattr(client, other)(reverse(name)).status_code == 405
