import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone
from django_tasks import default_task_backend

from postpeer_dash.teams.mail import deliver_mail, queue_mail, sweep_mail
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
    deliver_mail.call(row.pk)
    deliver_mail.call(row.pk)
    assert [message.body for message in mail.outbox] == ["A secret link"]
    assert Mail.objects.get().sent_at is not None


def test_text_is_unreadable_in_the_database() -> None:
    assert "secret" not in queue().sealed_body


def test_failed_mail_is_tried_later(broken: Any) -> None:
    row = queue()
    deliver_mail.call(row.pk)
    again = Mail.objects.get()
    assert again.sent_at is None and again.attempts == 1 and again.due_at and again.due_at > timezone.now()


def test_mail_is_given_up_in_the_end_and_its_text_with_it(broken: Any) -> None:
    row = queue()
    for _attempt in range(7):
        Mail.objects.update(due_at=timezone.now())
        deliver_mail.call(row.pk)
    again = Mail.objects.get()
    assert again.due_at is None and again.sealed_body == ""


def test_lost_bell_is_rung_again() -> None:
    row = queue()
    Mail.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    default_task_backend.clear()
    sweep_mail()
    assert [result.args for result in default_task_backend.results] == [[row.pk]]


def test_mail_that_another_worker_has_is_left_alone() -> None:
    row = queue()
    Mail.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    deliver_mail.call(row.pk)
    assert mail.outbox == []


def test_sent_mails_are_forgotten_after_a_month() -> None:
    row = queue()
    deliver_mail.call(row.pk)
    Mail.objects.update(created_at=timezone.now() - timedelta(days=31))
    sweep_mail()
    assert not Mail.objects.exists()
