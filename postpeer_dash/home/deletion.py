"""Delete a team step by step, by a worker: first what PostPeer still holds of it, then its rows here."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.postpeer import base_url, worker_client
from postpeer_dash.accounts.services import disconnect_account
from postpeer_dash.media.services import remove_team
from postpeer_dash.pins.models import Pin, Submission
from postpeer_dash.pins.publishing.scheduled import request_cancel
from postpeer_dash.postpeer import NotFound, PostPeerError
from postpeer_dash.teams.models import AuditEvent, Invitation, Team, User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.worker.bell import head_start, ring
from postpeer_dash.worker.jobs import PUT_OFF, Job
from postpeer_dash.worker.models import SingletonJob

if TYPE_CHECKING:
    from postpeer_dash.postpeer import Client

log = logging.getLogger(__name__)
# A cascade over thousands of pins in one transaction would hold up every other writer.
_BATCH = 200
# Seconds: each account may take a call of a minute, and two workers must not disconnect the same ones.
_CLAIM = 600.0
_JOB = "deletions"


def start_deletion(*, team: Team, actor: User, deletes_accounts: bool) -> None:
    """Close a team for everybody, stop its sending, and leave the rest to a worker."""
    now = timezone.now()
    with transaction.atomic():
        row = Team.objects.select_for_update().get(pk=team.pk)
        if row.deleting_at is not None:
            return
        row.deleting_at, row.deletes_accounts, row.stopped_at = now, deletes_accounts, row.stopped_at or now
        row.save(update_fields=["deleting_at", "deletes_accounts", "stopped_at"])
        Invitation.objects.filter(team=row, accepted_at=None, revoked_at=None).update(revoked_at=now)
        detail = {"accounts": "disconnect" if deletes_accounts else "keep"}
        record_audit(team=row, actor=actor, action="team.deleting", subject=row.name, detail=detail)
        ring(_JOB, row.pk)


def work_on_deletion(team_id: int) -> None:
    """Delete as much of a team as is possible now; the team is found again, somewhat later, until it is gone."""
    job = SingletonJob.take(_claim_of(team_id), seconds=_CLAIM)
    if job is None:
        return
    try:
        team = Team.objects.filter(pk=team_id).exclude(deleting_at=None).first()
        if team is None or _try_to_delete(team):
            job.delete()
            return
    except PostPeerError as error:
        log.warning("team %s can't be deleted yet: %s", team_id, type(error).__name__)
    SingletonJob.keep(job.name, seconds=settings.WORKER_SEEN_EVERY)


def find_deletions(limit: int, in_hand: Collection[int] = ()) -> Sequence[int]:
    """Return the teams that are being deleted and that nobody is at, or was a moment ago."""
    begun = Team.objects.filter(deleting_at__lte=timezone.now() - head_start()).exclude(pk__in=in_hand)
    keys = begun.order_by("deleting_at").values_list("pk", flat=True)
    held = SingletonJob.objects.filter(name__in=[_claim_of(key) for key in keys], until__gt=timezone.now())
    names = set(held.values_list("name", flat=True)) if keys else set()
    return [key for key in keys if _claim_of(key) not in names][:limit]


def _claim_of(team_id: int) -> str:
    return f"delete:{team_id}"


def _put_off(team_id: int) -> None:
    SingletonJob.keep(_claim_of(team_id), seconds=PUT_OFF)


def _try_to_delete(team: Team) -> bool:
    """Delete a team unless something of it is still open; return whether it is gone. Raises PostPeerError."""
    _cancel_open_pins(team)
    if _awaited_submissions(team).exists():
        return False
    with worker_client() as client:
        _release_accounts(team, client)
    _delete_rows(team)
    return True


def _cancel_open_pins(team: Team) -> None:
    open_pins = Pin.objects.filter(
        team=team, submissions__in=_open_submissions(team).filter(wants_cancel=False)
    ).distinct()
    for pin in open_pins[:_BATCH]:
        request_cancel(pin, actor=None)


def _open_submissions(team: Team) -> QuerySet[Submission]:
    return Submission.objects.filter(pin__team=team, carried__is_open=True)


def _awaited_submissions(team: Team) -> QuerySet[Submission]:
    """Return the open submissions that have to end first, so that nothing goes out for a team that is gone.

    An unconfirmed one that was to be published at once can't be called back, and isn't waited for. An unconfirmed one
    that was to be scheduled is waited for as long as it is looked for, a day.
    """
    held = _open_submissions(team).exclude(due_at=None).exclude(state=Submission.State.UNCONFIRMED, scheduled_for=None)
    longest = timedelta(seconds=settings.PUBLISHING["watch_for"])
    if team.deleting_at and timezone.now() - team.deleting_at > longest:
        held = held.exclude(state=Submission.State.UNCONFIRMED)
    return held


def _release_accounts(team: Team, client: Client) -> None:
    """Disconnect the accounts at PostPeer, or leave them there in no profile. Raises PostPeerError."""
    connected = Account.objects.filter(team=team, connection__base_url=base_url())
    for account in connected.exclude(health=Account.Health.DISCONNECTED).select_related("team"):
        if team.deletes_accounts:
            disconnect_account(account, actor=None, client=client)
        else:
            with contextlib.suppress(NotFound):
                client.move_integration(account.remote_id, profile_id=None)


def _delete_rows(team: Team) -> None:
    """Delete everything of the team but its audit, which keeps the name."""
    while keys := list(Pin.objects.filter(team=team).values_list("pk", flat=True)[:_BATCH]):
        Pin.objects.filter(pk__in=keys).delete()
    with transaction.atomic():
        Account.objects.filter(team=team).delete()
        Team.objects.get(pk=team.pk).delete()
        transaction.on_commit(partial(remove_team, team.pk))
        AuditEvent.objects.create(team_name=team.name, action="team.deleted", subject=team.name)


DELETIONS = Job(name=_JOB, find=find_deletions, run=work_on_deletion, every=1.0, put_off=_put_off)
