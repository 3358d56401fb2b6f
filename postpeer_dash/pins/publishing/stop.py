"""The stop switch: of one team, or of the whole instance. What waits stays queued, what is at PostPeer stays there."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.accounts.postpeer import base_url, current_connection
from postpeer_dash.pins.models import Pin, Status, Submission
from postpeer_dash.pins.publishing.hold import call_waiting
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit


def is_stopped(submission: Submission) -> bool:
    """Whether this submission may not leave now: its team or the instance is stopped, or sending is held."""
    connection = submission.connection
    return any((submission.pin.team.stopped_at, connection.stopped_at, connection.held_at))


def stop_sending(*, team: Team | None, actor: User | None) -> None:
    """Lets nothing more of this team leave, or with None of anybody; what is being sent at this moment ends."""
    with transaction.atomic():
        if team is None:
            Connection.objects.filter(pk=current_connection().pk, stopped_at=None).update(stopped_at=timezone.now())
        else:
            Team.objects.filter(pk=team.pk, stopped_at=None).update(stopped_at=timezone.now())
        record_audit(team=team, actor=actor, action="sending.stopped")


def resume_sending(*, team: Team | None, actor: User | None) -> None:
    """Takes the stop back and calls a worker for what waits. What is late by now is judged by the rules for late ones."""
    with transaction.atomic():
        if team is None:
            connection = current_connection()
            Connection.objects.filter(pk=connection.pk).update(stopped_at=None)
            call_waiting(Submission.objects.filter(connection=connection))
        else:
            Team.objects.filter(pk=team.pk).update(stopped_at=None)
            call_waiting(Submission.objects.filter(pin__team=team))
        record_audit(team=team, actor=actor, action="sending.resumed")


def is_instance_stopped() -> bool:
    """Whether the whole instance is stopped."""
    return Connection.objects.filter(base_url=base_url()).exclude(stopped_at=None).exists()


def scheduled_at_postpeer(team: Team) -> QuerySet[Pin]:
    """Pins that PostPeer publishes at their time even while sending is stopped, the next one first."""
    return Pin.objects.filter(team=team, targets__status=Status.SCHEDULED).distinct().order_by("scheduled_for", "pk")
