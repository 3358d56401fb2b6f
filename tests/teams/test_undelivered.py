"""Mail that doesn't arrive is seen: where it was asked for, on home, and by whoever runs the installation."""

import re
import smtplib
import ssl
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from postpeer_dash.teams.invitations import invite, revoke
from postpeer_dash.teams.mail import deliver_mail, queue_mail
from postpeer_dash.teams.models import Invitation, Mail, Membership, User
from postpeer_dash.teams.undelivered import list_all_undelivered
from tests.cast import PASSWORD, Cast, SignIn

MEMBERS = "/t/nordlicht/members/"
NOBODY = smtplib.SMTPRecipientsRefused({"nia@example.com": (550, b"5.1.1 No such user here")})
BUSY = smtplib.SMTPRecipientsRefused({"nia@example.com": (450, b"4.2.1 Try later")})


@pytest.fixture(autouse=True)
def has_mail(settings: Any) -> None:
    settings.HAS_MAIL = True


class Server:
    """A mail server that answers with an error, until that is taken away."""

    error: Exception | None = NOBODY


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()

    def send(self: EmailMessage, fail_silently: bool = False) -> int:
        if made.error:
            raise made.error
        return 1

    monkeypatch.setattr(EmailMessage, "send", send)
    return made


def deliver_all() -> None:
    Mail.objects.exclude(due_at=None).update(due_at=timezone.now())
    for key in Mail.objects.exclude(due_at=None).values_list("pk", flat=True):
        deliver_mail(key)


def invite_nia(client: Client) -> None:
    client.post(f"{MEMBERS}invite/", {"email": "nia@example.com", "role": "editor"})


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("error", "failure", "answer"),
    [
        (NOBODY, "refused", "550 5.1.1 No such user here"),
        (smtplib.SMTPSenderRefused(553, b"Not you", "dash@example.com"), "refused", "553 Not you"),
        (smtplib.SMTPDataError(554, b"Spam\r\nor so"), "refused", "554 Spam or so"),
        (smtplib.SMTPDataError(500, b"What?"), "refused", "500 What?"),
        (UnicodeEncodeError("ascii", "ä", 0, 1, "no"), "refused", ""),
        (BUSY, "later", "450 4.2.1 Try later"),
        (smtplib.SMTPDataError(499, b"Hm"), "later", "499 Hm"),
        (smtplib.SMTPServerDisconnected(), "later", ""),
        (ConnectionRefusedError(), "later", ""),
        (ssl.SSLCertVerificationError(), "later", ""),
    ],
)
def test_final_is_what_no_later_try_can_mend(
    cast: Cast, server: Server, error: Exception, failure: str, answer: str
) -> None:
    server.error = error
    mail = queue_mail(to="bob@example.com", subject="Hello", body="A secret link")
    deliver_mail(mail.pk)
    row = Mail.objects.get()
    assert (row.failure, row.answer, row.attempts) == (failure, answer, 1)
    assert (row.due_at is None) is (failure == "refused") and (row.sealed_body == "") is (failure == "refused")


def test_refused_invitation_is_seen_on_its_row_with_what_was_said(cast: Cast, as_: SignIn, server: Server) -> None:
    adam = as_("adam")
    invite_nia(adam)
    deliver_all()
    page = text_of(adam.get(MEMBERS))
    assert "An invitation," in page and "was refused" in page and "550 5.1.1 No such user here" in page
    assert "hand it over yourself" in page


def test_link_can_be_handed_over_and_nothing_is_told_after(cast: Cast, as_: SignIn, server: Server) -> None:
    adam = as_("adam")
    invite_nia(adam)
    deliver_all()
    row = Invitation.objects.get()
    response = adam.post(f"{MEMBERS}invitations/{row.pk}/link/")
    link = re.search(r"http://testserver(/invitations/[\w-]+/)", response.content.decode())
    assert link is not None and "no-store" in response.headers["Cache-Control"] and Mail.objects.count() == 1
    assert "was refused" not in text_of(adam.get(MEMBERS))
    assert Client().get(link.group(1)).status_code == 200


def test_mail_with_a_dead_link_does_not_leave(cast: Cast, as_: SignIn, server: Server) -> None:
    adam, server.error = as_("adam"), BUSY
    invite_nia(adam)
    deliver_all()
    adam.post(f"{MEMBERS}invitations/{Invitation.objects.get().pk}/link/")
    server.error = None
    deliver_all()
    assert Mail.objects.get().sent_at is None


def test_mail_that_is_tried_again_says_when(cast: Cast, as_: SignIn, server: Server) -> None:
    adam, server.error = as_("adam"), BUSY
    invite_nia(adam)
    deliver_all()
    page = text_of(adam.get(MEMBERS))
    assert "isn’t delivered yet" in page and "450 4.2.1" in page
    server.error = None
    deliver_all()
    assert "450 4.2.1" not in text_of(adam.get(MEMBERS))


def test_members_row_shows_a_reset_that_was_refused(cast: Cast, as_: SignIn, server: Server) -> None:
    Client().post("/auth/password/reset/", {"email": "Vera@example.com"})
    deliver_all()
    page = text_of(as_("adam").get(MEMBERS))
    assert "A link to set a new password," in page and "was refused" in page
    assert "was refused" not in text_of(as_("bob").get(MEMBERS))


def test_address_that_works_again_is_told_of_no_more(cast: Cast, as_: SignIn, server: Server) -> None:
    queue_mail(to="vera@example.com", subject="One", body="x", kind=Mail.Kind.NOTICE)
    deliver_all()
    server.error = None
    queue_mail(to="vera@example.com", subject="Two", body="x", kind=Mail.Kind.NOTICE)
    deliver_all()
    assert "was refused" not in text_of(as_("adam").get(MEMBERS)) and not list_all_undelivered()


def test_home_tells_those_who_can_act(cast: Cast, as_: SignIn, server: Server) -> None:
    invite(team=cast.team, email="nia@example.com", role="editor", actor=cast.adam)
    queue_mail(to="vera@example.com", subject="One", body="x", kind=Mail.Kind.NOTICE)
    deliver_all()
    home = "/t/nordlicht/"
    for name in ("alice", "adam"):
        page = text_of(as_(name).get(home))
        assert "Mail to nia@example.com doesn’t arrive" in page and "Mail to vera@example.com" in page, name
    assert "doesn’t arrive" not in text_of(as_("bob").get(home))
    own = text_of(as_("vera").get(home))
    assert "Mail to vera@example.com doesn’t arrive" in own and "nia@example.com" not in own
    assert "/me/email/" in own


def test_what_is_tried_again_is_nothing_for_home(cast: Cast, as_: SignIn, server: Server) -> None:
    server.error = BUSY
    invite(team=cast.team, email="nia@example.com", role="editor", actor=cast.adam)
    deliver_all()
    assert "doesn’t arrive" not in text_of(as_("adam").get("/t/nordlicht/"))


def test_accepted_invitation_is_told_of_no_more(cast: Cast, as_: SignIn, server: Server) -> None:
    _row, link = invite(team=cast.team, email="nia@example.com", role="editor", actor=cast.adam)
    deliver_all()
    Client().post(link.removeprefix("http://testserver"), {"name": "Nia", "password": PASSWORD})
    assert Membership.objects.filter(user__email="nia@example.com").exists()
    assert not list_all_undelivered() and "doesn’t arrive" not in text_of(as_("adam").get("/t/nordlicht/"))


def test_another_team_hears_nothing_of_it(cast: Cast, as_: SignIn, server: Server) -> None:
    invite(team=cast.team, email="nia@example.com", role="editor", actor=cast.adam)
    deliver_all()
    charlie = as_("charlie")
    assert "nia@" not in text_of(charlie.get("/t/harbour/members/")) + text_of(charlie.get("/t/harbour/"))


def test_installations_page_lists_it(cast: Cast, as_: SignIn, server: Server) -> None:
    User.objects.filter(pk=cast.alice.pk).update(is_superuser=True)
    invite(team=cast.team, email="nia@example.com", role="editor", actor=cast.adam)
    Client().post("/auth/password/reset/", {"email": "vera@example.com"})
    Client().post("/auth/password/reset/", {"email": "whoever@example.com"})
    deliver_all()
    page = text_of(as_("alice").get("/instance/"))
    assert "Mail that didn’t arrive" in page and "nia@example.com" in page and "vera@example.com" in page
    # What strangers type is nothing to see to.
    assert "whoever@example.com" not in page


def test_person_reads_it_beside_their_notifications(cast: Cast, as_: SignIn, server: Server) -> None:
    queue_mail(to="bob@example.com", subject="One", body="x", kind=Mail.Kind.NOTICE)
    deliver_all()
    page = text_of(as_("bob").get("/me/notifications/"))
    assert "A notification," in page and "was refused" in page
    assert "was refused" not in text_of(as_("cora").get("/me/notifications/"))


@pytest.mark.parametrize("answer", ["<script>alert(1)</script>", "5" * 999])
def test_servers_words_are_only_words(cast: Cast, as_: SignIn, server: Server, answer: str) -> None:
    server.error = smtplib.SMTPDataError(554, answer.encode())
    queue_mail(to="vera@example.com", subject="One", body="x")
    deliver_all()
    page = as_("adam").get(MEMBERS).content.decode()
    assert "<script>alert" not in page and len(Mail.objects.get().answer) <= 300


@pytest.mark.parametrize("path", ["/auth/password/reset/", "/auth/password/reset/done/", "/auth/confirm-email/"])
def test_no_page_promises_a_mail_where_there_is_no_mail_server(cast: Cast, settings: Any, path: str) -> None:
    settings.HAS_MAIL = False
    page = text_of(Client().get(path))
    assert "sends no mail" in page and "we send" not in page and "on its way" not in page
    settings.HAS_MAIL = True
    assert "sends no mail" not in text_of(Client().get(path))


def test_mail_whose_invitation_was_revoked_while_it_was_sent_is_over(
    cast: Cast, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite_nia(as_("alice"))

    def send(_self: EmailMessage, fail_silently: bool = False) -> int:
        revoke(invitation=Invitation.objects.get(), actor=cast.alice)
        raise BUSY

    monkeypatch.setattr(EmailMessage, "send", send)
    deliver_all()
    mail = Mail.objects.get()
    assert (mail.due_at, mail.sealed_body, mail.failure) == (None, "", "")
