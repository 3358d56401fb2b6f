import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from postpeer_dash.teams.mail import deliver_mail, find_due, forget_old_mails, queue_mail
from postpeer_dash.teams.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def send(self: EmailMessage, fail_silently: bool = False) -> int:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(EmailMessage, "send", send)


def queue() -> Mail:
    return queue_mail(to="bob@example.com", subject="Hello", body="A secret link")


def test_mail_is_sent_once() -> None:
    row = queue()
    deliver_mail(row.pk)
    deliver_mail(row.pk)
    assert [message.body for message in mail.outbox] == ["A secret link"]
    assert Mail.objects.get().sent_at is not None


def test_text_is_unreadable_in_the_database() -> None:
    assert "secret" not in queue().sealed_body


def test_failed_mail_is_tried_later(broken: Any) -> None:
    row = queue()
    deliver_mail(row.pk)
    again = Mail.objects.get()
    assert again.sent_at is None and again.attempts == 1 and again.due_at and again.due_at > timezone.now()


def test_mail_is_given_up_in_the_end_and_its_text_with_it(broken: Any) -> None:
    row = queue()
    for _attempt in range(7):
        Mail.objects.update(due_at=timezone.now())
        deliver_mail(row.pk)
    again = Mail.objects.get()
    assert again.due_at is None and again.sealed_body == ""


def test_what_is_due_is_found() -> None:
    first, second, later = queue(), queue(), queue()
    Mail.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(minutes=1))
    Mail.objects.filter(pk=second.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    assert find_due(9) == [second.pk, first.pk]
    assert find_due(9, {second.pk}) == [first.pk]
    assert find_due(1) == [second.pk]


def test_mail_of_another_secret_key_is_kept_for_whoever_has_it(settings: Any) -> None:
    row, ours = queue(), settings.SECRET_KEY
    settings.SECRET_KEY = "another machine's key, fifty signs or more of it, as it is"
    deliver_mail(row.pk)
    kept = Mail.objects.get()
    assert mail.outbox == [] and kept.sealed_body and kept.due_at and kept.due_at > timezone.now()
    settings.SECRET_KEY = ours
    Mail.objects.update(due_at=timezone.now())
    deliver_mail(row.pk)
    assert [message.body for message in mail.outbox] == ["A secret link"]


def test_mail_that_nobody_could_read_for_a_month_is_given_up() -> None:
    row = queue()
    forget_old_mails()
    Mail.objects.update(created_at=timezone.now() - timedelta(days=29))
    forget_old_mails()
    assert Mail.objects.get() == row
    Mail.objects.update(created_at=timezone.now() - timedelta(days=31))
    forget_old_mails()
    assert not Mail.objects.exists()


def test_mail_that_another_worker_has_is_left_alone() -> None:
    row = queue()
    Mail.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    deliver_mail(row.pk)
    assert mail.outbox == []


def test_sent_mails_are_forgotten_after_a_month() -> None:
    row = queue()
    deliver_mail(row.pk)
    Mail.objects.update(created_at=timezone.now() - timedelta(days=31))
    forget_old_mails()
    assert not Mail.objects.exists()
