import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from postpeer_dash.teams.audit_log import ACTION_LABELS
from postpeer_dash.teams.models import AppendOnlyError, AuditEvent
from postpeer_dash.teams.services import record_audit
from tests.cast import PASSWORD, Cast, SignIn

URL = "/t/nordlicht/audit/"


def line(cast: Cast, action: str = "member.removed", **fields: Any) -> AuditEvent:
    return record_audit(**{"team": cast.team, "actor": cast.adam, "action": action, "subject": "Somebody", **fields})


def read_csv(client: Client, query: str = "") -> list[list[str]]:
    response = client.get(f"{URL}csv/{query}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_lines_tell_who_what_and_from_where(cast: Cast, as_: SignIn) -> None:
    line(cast, ip_address="192.0.2.7", subject="Cora")
    text = as_("adam").get(URL).content.decode()
    assert all(part in text for part in ("Adam", "removed", "Cora", "192.0.2.7"))


def test_another_teams_lines_are_nowhere(cast: Cast, as_: SignIn) -> None:
    line(cast, team=cast.other_team, actor=cast.charlie, subject="Secret harbour")
    assert "Secret harbour" not in as_("alice").get(URL).content.decode()
    assert "Secret harbour" not in str(read_csv(as_("alice")))


def test_filter_that_is_not_known_is_named(cast: Cast, as_: SignIn) -> None:
    text = as_("alice").get(f"{URL}?action=nonsense&who=x").content.decode()
    assert "“<bdi>nonsense</bdi>”" in text and "“<bdi>x</bdi>”" in text and "left out" in text
    assert "left out" not in as_("alice").get(f"{URL}?action=member.left").content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?action=member.left", {"By Bob"}),
        ("?who={adam}", {"By Adam", "Long ago"}),
        ("?since={today}", {"By Adam", "By Bob"}),
        ("?until={yesterday}", {"Long ago"}),
        ("?action=nonsense&who=x&since=never", {"By Adam", "By Bob", "Long ago"}),
    ],
)
def test_lines_are_narrowed_down(cast: Cast, as_: SignIn, query: str, expected: set[str]) -> None:
    line(cast, subject="By Adam")
    line(cast, "member.left", actor=cast.bob, subject="By Bob")
    AuditEvent(
        team=cast.team, actor=cast.adam, action="member.left.old", subject="Long ago", at=timezone.now() - timedelta(9)
    ).save()
    today = timezone.localdate()
    filled = query.format(adam=cast.adam.pk, today=today, yesterday=today - timedelta(days=2))
    subjects = {event.subject for event, _words in as_("alice").get(URL + filled).context["events"]}
    assert subjects & {"By Adam", "By Bob", "Long ago"} == expected
    assert {row[4] for row in read_csv(as_("alice"), filled)} & {"By Adam", "By Bob", "Long ago"} == expected


def test_long_audit_is_read_page_by_page(cast: Cast, as_: SignIn) -> None:
    for number in range(120):
        line(cast, subject=f"n{number}")
    client, seen, address = as_("alice"), [], URL
    while address:
        context = client.get(address).context
        seen += [event.subject for event, _words in context["events"] if event.subject.startswith("n")]
        address = context["older"]
    assert seen == [f"n{number}" for number in reversed(range(120))]


def test_audit_is_only_ever_added_to(cast: Cast) -> None:
    event = line(cast)
    event.subject = "Something else"
    for act in (
        event.save,
        event.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(subject=""),
        lambda: AuditEvent.objects.bulk_update([event], ["subject"]),
    ):
        with pytest.raises(AppendOnlyError):
            act()
    assert AuditEvent.objects.get(pk=event.pk).subject == "Somebody"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("x")'])
def test_no_cell_is_a_formula(cast: Cast, as_: SignIn, text: str) -> None:
    cast.adam.name = text
    line(cast, subject=text, detail={"note": text})
    for row in read_csv(as_("alice"))[1:]:
        assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for cell in row), row


def test_csv_is_a_file_of_its_own(cast: Cast, as_: SignIn) -> None:
    response = as_("alice").get(f"{URL}csv/")
    assert response.headers["Content-Disposition"] == 'attachment; filename="audit-nordlicht.csv"'
    assert response.streaming


def test_hostile_words_are_only_text(cast: Cast, as_: SignIn) -> None:
    line(cast, subject="<script>alert(1)</script>", detail={"from": "<b>", "to": "<i>"})
    text = as_("alice").get(URL).content.decode()
    assert "<script>alert" not in text and "<b> →" not in text


def sign_in(email: str, password: str = PASSWORD) -> Client:
    client = Client(REMOTE_ADDR="198.51.100.4")
    client.post("/auth/login/", {"login": email, "password": password})
    return client


def test_sign_in_and_out_are_written_down_with_the_address(cast: Cast) -> None:
    client = sign_in("bob@example.com")
    client.post("/auth/logout/")
    assert list(AuditEvent.objects.order_by("pk").values_list("action", "team__slug", "ip_address")) == [
        ("sign_in.done", None, "198.51.100.4"),
        ("sign_in.done", "nordlicht", "198.51.100.4"),
        ("sign_in.out", None, "198.51.100.4"),
        ("sign_in.out", "nordlicht", "198.51.100.4"),
    ]


def test_wrong_password_is_written_down(cast: Cast) -> None:
    sign_in("bob@example.com", "not the password")
    event = AuditEvent.objects.get(team=cast.team)
    assert (event.action, event.actor) == ("sign_in.failed", cast.bob)


def test_address_nobody_has_leaves_no_trace_of_itself(cast: Cast) -> None:
    sign_in("nobody@example.com", "not the password")
    assert "nobody" not in str(list(AuditEvent.objects.values_list()))
    assert AuditEvent.objects.get().action == "sign_in.unknown"


def test_new_password_is_written_down(cast: Cast) -> None:
    client = sign_in("bob@example.com")
    new = "another long password"
    client.post("/auth/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert AuditEvent.objects.filter(action="sign_in.password_changed", actor=cast.bob).exists()


def test_forged_header_is_not_the_address(cast: Cast, settings: Any) -> None:
    settings.BEHIND_PROXY = False
    client = Client(REMOTE_ADDR="198.51.100.4", headers={"X-Forwarded-For": "203.0.113.9"})
    client.post("/auth/login/", {"login": "bob@example.com", "password": PASSWORD})
    assert set(AuditEvent.objects.values_list("ip_address", flat=True)) == {"198.51.100.4"}


def test_every_action_that_is_written_down_has_words() -> None:
    import re
    from pathlib import Path

    package = Path(__file__).resolve().parents[2] / "postpeer_dash"
    used = set()
    for path in package.rglob("*.py"):
        # A service that shortens links has such a name, too.
        if path.name == "shorteners.py":
            continue
        used |= set(re.findall(r'"((?:sign_in|member|account|pin|team|sending|instance)\.[a-z_]+)"', path.read_text()))
    assert used and used <= set(ACTION_LABELS)
