"""Writing a pin's timeline. The kinds stand here; their wording stands in pins/text/events.py."""

from enum import StrEnum
from typing import Any

from postpeer_dash.pins.models import Event, Pin, Submission
from postpeer_dash.teams.models import User


class Kind(StrEnum):
    DRAFTED = "drafted"
    COPIED = "copied"  # data: from (uuid of the pin it was made from)
    REVIEW_ASKED = "review_asked"
    APPROVED = "approved"  # an editor let it go out as it was; data: hash
    RETURNED = "returned"  # an editor wants it changed; data: note
    PUBLISH_PRESSED = "publish_pressed"
    SCHEDULE_PRESSED = "schedule_pressed"  # data: scheduled_for, time_zone
    RETRY_PRESSED = "retry_pressed"  # data: platforms
    CANCEL_PRESSED = "cancel_pressed"
    EDIT_PRESSED = "edit_pressed"  # data: changed (names), scheduled_for, is_unsent
    EDIT_TAKEN = "edit_taken"  # PostPeer answered that it took the change; data: request_id
    EDITED = "edited"  # PostPeer's record shows the change; data: changed, scheduled_for
    EDIT_FAILED = "edit_failed"  # it is tried again; data: text
    EDIT_REFUSED = "edit_refused"  # data: text, request_id
    EDIT_TOO_LATE = "edit_too_late"  # nothing of it was done
    EDIT_UNSEEN = "edit_unseen"  # PostPeer's record can't tell whether it was done
    EDIT_DROPPED = "edit_dropped"  # the pin was cancelled first
    SENT = "sent"  # the POST left
    NEVER_SENT = "never_sent"  # data: text, next_at
    KEY_REFUSED = "key_refused"  # PostPeer refused the key; data: text, next_at
    PUT_BACK = "put_back"  # its turn passed before it could leave; data: next_at
    RATE_LIMITED = "rate_limited"  # data: next_at
    DUPLICATE_WAITS = "twin_waits"  # an identical body is on its way; data: next_at
    ACCEPTED = "accepted"  # data: post_id, request_id, seconds
    NAMED_AGAIN = "named_again"  # PostPeer answered with another pin's post; data: post_id, request_id, next_at
    REFUSED = "refused"  # data: text, status, request_id
    UNCLEAR = "unclear"  # nobody can know; data: text, next_at
    LEASE_ENDED = "lease_ended"  # the worker was lost in the middle; data: next_at
    LATE = "late"  # its time has passed while it waited, so it goes out at once
    TOO_LATE = "too_late"  # its time passed too long ago to send it unasked
    ACCOUNT_GONE = "account_gone"  # disconnected while it waited
    READ = "read"  # looked through PostPeer's list; data: posts, is_complete, next_at, candidates
    READ_FAILED = "read_failed"  # data: text, next_at
    FOUND = "found"  # PostPeer has it after all; data: post_id, posts
    ABSENT = "absent"  # it was not taken
    PUBLISHED = "published"  # data: platform, url
    FAILED = "failed"  # data: platform, text
    SCHEDULED = "scheduled"  # PostPeer holds it until its time; data: scheduled_for
    CANCELLED = "cancelled"
    CANCEL_FAILED = "cancel_failed"  # data: text, next_at
    CANCEL_TOO_LATE = "cancel_too_late"
    PERSON_FOUND = "person_found"  # a person says it is out; data: url
    PERSON_ABSENT = "person_absent"  # a person says it isn't
    RESENT = "resent"  # it was not taken and its time is far ahead, so it is sent again, once; data: scheduled_for
    LATE_DUPLICATE = "late_twin"  # what was given up has come in after it was sent again; data: post_id, url
    DUPLICATE_CANCELLED = "twin_cancelled"  # that late one was only scheduled and has been called back; data: post_id
    RECORD_GONE = "record_gone"  # PostPeer has no record of it any more


def record(
    pin: Pin, kind: Kind, *, submission: Submission | None = None, actor: User | None = None, **data: Any
) -> Event:
    """Add a line. Instants in `data` are ISO texts."""
    return Event.objects.create(pin=pin, submission=submission, kind=kind, actor=actor, data=data)
