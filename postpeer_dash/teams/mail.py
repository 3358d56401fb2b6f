"""Mail: written down with whatever it belongs to, sent by a worker. A mail can arrive twice, never not at all."""

import logging
import re
import smtplib
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import timezone

from postpeer_dash.teams.models import Invitation, Mail
from postpeer_dash.web.chunks import delete_in_chunks
from postpeer_dash.web.encryption import DecryptionError, decrypt, encrypt
from postpeer_dash.web.text import clean_text
from postpeer_dash.worker.bell import head_start, ring
from postpeer_dash.worker.claims import claim
from postpeer_dash.worker.jobs import PUT_OFF, Job, periodic

log = logging.getLogger(__name__)
PURPOSE = "mail"
# Nobody else takes a mail for so long (seconds) after a worker has: sending has a time-out of its own (EMAIL_TIMEOUT).
_CLAIM = 120.0
_JOB = "mails"
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
_UNREADABLE_FOR = timedelta(minutes=5)
_KEPT_FOR = timedelta(days=30)
_FIRST_PERMANENT = 500
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")


def queue_mail(
    *, to: str, subject: str, body: str, kind: Mail.Kind = Mail.Kind.ACCOUNT, invitation: Invitation | None = None
) -> Mail:
    """Write a mail down and call a worker for it, in the caller's transaction; a rollback takes it back."""
    # A subject is one line: a name with a line break in it must not begin another header.
    line = _BREAKS.sub(" ", subject).strip()[:200]
    sealed = encrypt(body, purpose=PURPOSE)
    mail = Mail.objects.create(to=to, subject=line, sealed_body=sealed, kind=kind, invitation=invitation)
    ring(_JOB, mail.pk, is_urgent=True)
    return mail


def find_due(limit: int, in_hand: Collection[int] = ()) -> Sequence[int]:
    """Return the mails that are due, the one that has waited longest first."""
    due = Mail.objects.filter(due_at__lte=timezone.now() - head_start()).exclude(pk__in=in_hand)
    return list(due.order_by("due_at").values_list("pk", flat=True)[:limit])


def deliver_mail(mail_id: int) -> None:
    """Send one mail if it is due and nobody else is at it."""
    if not claim(Mail.objects.filter(pk=mail_id, due_at__lte=timezone.now()), "due_at", _CLAIM):
        return
    mail = Mail.objects.get(pk=mail_id)
    try:
        body = decrypt(mail.sealed_body, purpose=PURPOSE)
        EmailMessage(mail.subject, body, settings.DEFAULT_FROM_EMAIL, [mail.to]).send()
    except DecryptionError:
        # Whoever has the key it was written under can send it, this same process perhaps once a fallback is set.
        log.error("mail %s can't be read: it was written under another SECRET_KEY, and is kept", mail.pk)
        Mail.objects.filter(pk=mail.pk).update(due_at=timezone.now() + _UNREADABLE_FOR)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        _note_failure(mail, error)
    else:
        _note_delivery(mail)


def _note_delivery(mail: Mail) -> None:
    now = timezone.now()
    Mail.objects.filter(pk=mail.pk).update(
        sent_at=now, due_at=None, sealed_body="", attempts=mail.attempts + 1, failure="", answer=""
    )
    # The address works again. What an invitation held hasn't arrived by that, unless it is the same one's.
    earlier = Mail.objects.exclude(failure="").filter(due_at=None, to__iexact=mail.to, created_at__lte=now)
    earlier.filter(Q(invitation=None) | Q(invitation=mail.invitation_id)).update(failure="", answer="")


def _note_failure(mail: Mail, error: Exception) -> None:
    """Try again later what may be taken then; what was refused for good (RFC 5321: a 5xx) is over at once."""
    code, answer = _read_answer(error)
    is_refused = code >= _FIRST_PERMANENT or _is_impossible(error)
    is_over = is_refused or mail.attempts >= len(_WAITS)
    # The error's own words can hold the address; its name tells enough.
    log.warning("mail %s was not sent: %s%s", mail.pk, type(error).__name__, "; given up" if is_over else "")
    now, failure = timezone.now(), Mail.Failure.LATER
    if is_over:
        failure = Mail.Failure.REFUSED if is_refused else Mail.Failure.GIVEN_UP
    # Where its link died meanwhile, it was dropped: then it is over, and nobody is told of it.
    Mail.objects.filter(pk=mail.pk).exclude(due_at=None).update(
        attempts=mail.attempts + 1,
        due_at=None if is_over else now + _WAITS[mail.attempts],
        failure=failure,
        answer=answer,
        failed_at=now,
        sealed_body="" if is_over else mail.sealed_body,
    )


def _read_answer(error: Exception) -> tuple[int, str]:
    """Return what the mail server answered, as its code and one line; 0 and nothing where it said nothing."""
    code: int
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        # A mail has one recipient.
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        return 0, ""
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return int(code), clean_text(_BREAKS.sub(" ", f"{code} {text}"))[:300]


def _is_impossible(error: Exception) -> bool:
    # An address or a subject that no mail can have; an error of TLS is a ValueError, too, and may pass.
    return isinstance(error, ValueError) and not isinstance(error, OSError)


def _put_off(mail_id: int) -> None:
    claim(Mail.objects.filter(pk=mail_id).exclude(due_at=None), "due_at", PUT_OFF)


def forget_old_mails() -> None:
    """Forget mails that are over after a month, and those that nobody could read in all that time."""
    old = Mail.objects.filter(created_at__lt=timezone.now() - _KEPT_FOR)
    unreadable = delete_in_chunks(old.exclude(due_at=None))
    if unreadable:
        log.error("%d mails were given up: nobody had the SECRET_KEY they were written under", unreadable)
    delete_in_chunks(old)


MAILS = Job(name=_JOB, find=find_due, run=deliver_mail, every=0.5, put_off=_put_off)
OLD_MAILS = periodic("old mails", forget_old_mails, every=3600.0)
