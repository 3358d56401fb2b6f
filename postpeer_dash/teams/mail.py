"""Mail: written down with whatever it belongs to, sent by a worker. A mail can arrive twice, never not at all."""

import logging
import re
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from postpeer_dash.teams.models import Mail
from postpeer_dash.web.encryption import DecryptionError, decrypt, encrypt

log = logging.getLogger(__name__)
PURPOSE = "mail"
# Nobody else takes a mail for so long after a worker has: sending has a time-out of its own (EMAIL_TIMEOUT).
_CLAIM = timedelta(minutes=2)
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")


def queue_mail(*, to: str, subject: str, body: str) -> Mail:
    """Writes a mail down and calls a worker for it, in the caller's transaction; a rollback takes it back."""
    # A subject is one line: a name with a line break in it must not begin another header.
    line = _BREAKS.sub(" ", subject).strip()[:200]
    mail = Mail.objects.create(to=to, subject=line, sealed_body=encrypt(body, purpose=PURPOSE))
    deliver_mail.enqueue(mail.pk)
    return mail


@task
def deliver_mail(mail_id: int) -> None:
    """Sends one mail if it is due and nobody else is at it."""
    now = timezone.now()
    if not Mail.objects.filter(pk=mail_id, due_at__lte=now).update(due_at=now + _CLAIM):
        return
    mail = Mail.objects.get(pk=mail_id)
    try:
        body = decrypt(mail.sealed_body, purpose=PURPOSE)
        EmailMessage(mail.subject, body, settings.DEFAULT_FROM_EMAIL, [mail.to]).send()
    except DecryptionError:
        log.error("mail %s can't be read any more: SECRET_KEY was changed without a fallback", mail.pk)
        Mail.objects.filter(pk=mail.pk).update(due_at=None, sealed_body="")
    except (OSError, smtplib.SMTPException, ValueError) as error:
        _try_later(mail, error)
    else:
        Mail.objects.filter(pk=mail.pk).update(
            sent_at=timezone.now(), due_at=None, sealed_body="", attempts=mail.attempts + 1
        )


def _try_later(mail: Mail, error: Exception) -> None:
    is_last = mail.attempts >= len(_WAITS)
    # The error's own words can hold the address; its name tells enough.
    log.warning("mail %s was not sent: %s%s", mail.pk, type(error).__name__, "; given up" if is_last else "")
    due_at = None if is_last else timezone.now() + _WAITS[mail.attempts]
    Mail.objects.filter(pk=mail.pk).update(
        attempts=mail.attempts + 1, due_at=due_at, **({"sealed_body": ""} if is_last else {})
    )


def sweep_mail() -> None:
    """Rings for mails that are due and whose bell was lost, and forgets the sent ones after a month."""
    now = timezone.now()
    for key in Mail.objects.filter(due_at__lte=now - timedelta(seconds=20)).values_list("pk", flat=True)[:100]:
        with transaction.atomic():
            deliver_mail.enqueue(key)
    Mail.objects.filter(due_at=None, created_at__lt=now - timedelta(days=30)).delete()
