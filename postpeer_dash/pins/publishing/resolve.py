"""A person decides what nobody could know: it is out, or it is not and is to be sent again."""

from django.db import transaction
from django.utils import timezone

from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.rows import change, lock, move, notify, set_targets
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.teams.models import User
from postpeer_dash.teams.services import record_audit

State = Submission.State


def resolve_found(*, submission: Submission, actor: User, url: str = "", post_id: str = "") -> bool:
    """A person has seen it there, by its link or by choosing a candidate, which is then followed up as its own.

    False when the submission isn't unconfirmed any more, or the post was nobody's candidate or is another's by now.
    """
    with transaction.atomic():
        held = lock(submission.pk)
        if held.state != State.UNCONFIRMED:
            return False
        if post_id:
            return _choose(held, post_id, actor)
        record(held.pin, Kind.PERSON_FOUND, submission=held, actor=actor, url=url)
        fields = {"published_at": timezone.now(), "error_kind": "", "error_text": "", **({"url": url} if url else {})}
        set_targets(held, Status.PUBLISHED, **fields)
        move(held, State.DONE, due_at=None)
        record_audit(
            team=held.pin.team,
            actor=actor,
            action="pin.confirmed_published",
            subject=str(held.pin),
            detail={"url": url},
        )
    return True


def _choose(held: Submission, post_id: str, actor: User) -> bool:
    is_taken = Submission.objects.filter(connection_id=held.connection_id, remote_id=post_id).exists()
    if is_taken or post_id not in held.evidence.get("candidates", []):
        return False
    record(held.pin, Kind.PERSON_FOUND, submission=held, actor=actor, post_id=post_id)
    move(held, State.ACCEPTED, due_at=timezone.now(), remote_id=post_id, checks=0, error_kind="", error_text="")
    set_targets(held, Status.PUBLISHING, error_kind="", error_text="")
    notify(held)
    record_audit(
        team=held.pin.team,
        actor=actor,
        action="pin.confirmed_published",
        subject=str(held.pin),
        detail={"post_id": post_id},
    )
    return True


def resolve_absent(*, submission: Submission, actor: User) -> bool:
    """A person has seen that it isn't there. PostPeer's list is read once more, then it is sent again.

    False when the submission isn't unconfirmed any more.
    """
    with transaction.atomic():
        held = lock(submission.pk)
        if held.state != State.UNCONFIRMED:
            return False
        record(held.pin, Kind.PERSON_ABSENT, submission=held, actor=actor)
        # The candidates were looked at and are none of it; a new one is asked about again.
        seen = [*held.evidence.get("dismissed", []), *held.evidence.get("candidates", [])]
        now = timezone.now()
        said = {"person_says_absent": True, "person_said_at": now.isoformat()}
        evidence = {**held.evidence, **said, "dismissed": seen, "candidates": []}
        change(held, evidence=evidence, due_at=now)
        notify(held)
        record_audit(team=held.pin.team, actor=actor, action="pin.confirmed_absent", subject=str(held.pin))
    return True
