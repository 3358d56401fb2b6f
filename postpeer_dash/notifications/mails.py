"""Mails about what needs a person, each sent once per event, read from the rows by the worker's sweep.

What becomes of pins is read from their timelines, which nobody changes afterwards, up to a bookmark that lags behind,
so that a line written by a slow transaction is not missed. Reading a line twice sends nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.accounts.health import reconnect_reason
from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Event, Pin, Review, Status, Submission, Target
from postpeer_dash.pins.publishing.timeline import Kind
from postpeer_dash.pins.text.failures import explain_failure
from postpeer_dash.pins.text.labels import find_title
from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.mail import queue_mail
from postpeer_dash.teams.models import Mail, Membership, Notice, Team
from postpeer_dash.web.chunks import delete_in_chunks
from postpeer_dash.worker.jobs import periodic
from postpeer_dash.worker.models import SingletonJob

_FAILED = (Kind.FAILED, Kind.REFUSED, Kind.ABSENT, Kind.TOO_LATE, Kind.ACCOUNT_GONE)
_UNCLEAR = (Kind.UNCLEAR, Kind.LEASE_ENDED)
_READ = (*_FAILED, *_UNCLEAR, Kind.REVIEW_ASKED)
_LAG = timedelta(minutes=15)
# What is unclear is mostly cleared up within a minute or two; a mail before that would only worry.
_UNCLEAR_FOR = timedelta(minutes=2)
_BATCH, _ROUNDS = 500, 20
_CLAIM = 120.0  # seconds
_RECONNECT = "reconnect:"
_NOTICES_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Email:
    """The words of one mail; `path` is the page that it opens."""

    subject: str
    text: str
    path: str


def sweep_notifications() -> None:
    """Write the mails that are due. One worker at a time does it."""
    job = SingletonJob.take("notifications", seconds=_CLAIM)
    if job is None:
        return
    is_first = job.position == 0
    if is_first:
        # What is there already is history. An empty timeline has no last line to begin after.
        newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
        job.position = newest or -1
    _read_timelines(job)
    _read_accounts(is_first=is_first)
    job.give_back()


def _read_timelines(job: SingletonJob) -> None:
    settled = timezone.now() - _LAG
    read_to = job.position
    for _round in range(_ROUNDS):
        events = Event.objects.filter(pk__gt=read_to, kind__in=_READ).order_by("pk")
        batch = list(events.select_related("pin__team", "pin__author", "submission", "actor")[:_BATCH])
        for event in batch:
            _tell_of(event)
            read_to = event.pk
            if event.at < settled:
                job.position = event.pk
        if len(batch) < _BATCH:
            return


def _tell_of(event: Event) -> None:
    if event.pin.team.deleting_at is not None:
        return
    if event.kind == Kind.REVIEW_ASKED:
        _tell_of_review(event)
    elif event.submission is not None and event.kind in _FAILED:
        _tell_of_failure(event.pin, event.submission)
    elif event.submission is not None:
        _tell_of_doubt(event.pin, event.submission, event.at)


def _tell_of_failure(pin: Pin, submission: Submission) -> None:
    carried = Target.objects.filter(pin=pin, status=Status.FAILED, carried__submission=submission)
    target = carried.select_related("account").first()
    if target is None:
        return
    title = find_title(pin.title, pin.description)
    email = Email(
        subject=_("“%(title)s” is not out") % {"title": title},
        text=str(explain_failure(target)),
        path=_pin_path(pin),
    )
    _tell_author(pin, f"failed:{submission.pk}", email)


def _tell_of_doubt(pin: Pin, submission: Submission, at: datetime) -> None:
    if submission.state != Submission.State.UNCONFIRMED or timezone.now() - at < _UNCLEAR_FOR:
        return
    title = find_title(pin.title, pin.description)
    email = Email(
        subject=_("Nobody can know yet whether “%(title)s” is out") % {"title": title},
        text=_(
            "The connection broke after it had been handed over. We keep looking, and send nothing again by itself."
        ),
        path=_pin_path(pin),
    )
    _tell_author(pin, f"unconfirmed:{submission.pk}", email)


def _tell_author(pin: Pin, key: str, email: Email) -> None:
    members = Membership.objects.filter(team=pin.team, user=pin.author_id, user__mails_failures=True)
    _write(members.select_related("user", "team"), key, email)


def _tell_of_review(event: Event) -> None:
    pin = event.pin
    if pin.review != Review.WAITING or pin.is_frozen:
        return
    who = str(event.actor or pin.author or _("Somebody"))
    title = find_title(pin.title, pin.description)
    email = Email(
        subject=_("“%(title)s” waits for your approval") % {"title": title},
        text=_("%(who)s asks for approval. Nothing is sent until somebody who may publish does it.") % {"who": who},
        path=_pin_path(pin),
    )
    members = _members(pin.team, Right.PUBLISH, wants="mails_reviews")
    _write([one for one in members if one.user_id != event.actor_id], f"review:{event.pk}", email)


def _read_accounts(*, is_first: bool) -> None:
    well = Account.objects.exclude(health=Account.Health.RECONNECT_REQUIRED).values_list("pk", flat=True)
    # One that works again can break again: then it is another happening.
    Notice.objects.filter(key__in=[f"{_RECONNECT}{pk}" for pk in well]).delete()
    broken = Account.objects.filter(health=Account.Health.RECONNECT_REQUIRED, team__deleting_at=None)
    for account in broken.select_related("team"):
        managers = _members(account.team, Right.MANAGE, wants="mails_reconnects")
        if is_first:
            known = [Notice(user=one.user, key=f"{_RECONNECT}{account.pk}") for one in managers]
            Notice.objects.bulk_create(known, ignore_conflicts=True)
            continue
        reason = reconnect_reason(account)
        email = Email(
            subject=_("%(account)s has to be connected again") % {"account": account.name},
            text=str(reason) if reason else "",
            path=reverse("accounts:accounts", args=[account.team.slug]) + f"#account-{account.pk}",
        )
        _write(managers, f"{_RECONNECT}{account.pk}", email)


def _members(team: Team, right: Right, *, wants: str) -> list[Membership]:
    rows = Membership.objects.filter(team=team, **{f"user__{wants}": True}).select_related("user", "team")
    return [one for one in rows if can(one, right)]


def _write(members: Iterable[Membership], key: str, email: Email) -> None:
    told = set(Notice.objects.filter(key=key).values_list("user_id", flat=True))
    for member in members:
        if member.user_id in told or not member.user.is_active:
            continue
        try:
            with transaction.atomic():
                Notice.objects.create(user=member.user, key=key)
                body = _body(member, email)
                queue_mail(to=member.user.email, subject=email.subject, body=body, kind=Mail.Kind.NOTICE)
        except IntegrityError:
            # Another worker was faster.
            continue


def _body(member: Membership, email: Email) -> str:
    foot = _("You get this because you are in the team %(team)s. Which mails you want: %(url)s") % {
        "team": member.team.name,
        "url": settings.SITE_URL + reverse("teams:notifications"),
    }
    return f"{email.text}\n\n{settings.SITE_URL}{email.path}\n\n{foot}\n"


def _pin_path(pin: Pin) -> str:
    return reverse("pins:pin", args=[pin.team.slug, pin.uuid])


def forget_old_notices() -> None:
    """Forget who was told of what long ago: those lines of timelines are never read again. Broken accounts still count."""
    old = Notice.objects.filter(created_at__lt=timezone.now() - _NOTICES_FOR)
    delete_in_chunks(old.exclude(key__startswith=_RECONNECT))


OLD_NOTICES = periodic("old notices", forget_old_notices, every=3600.0)
NOTIFICATIONS = periodic("notifications", sweep_notifications, every=settings.WORKER_SEEN_EVERY)
