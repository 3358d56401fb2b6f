"""What stood in JSON or in a column with three meanings goes to the columns and the rows that are there for it.

Only rows that something is still to be done about are rewritten; the keys stay in the JSON, where nobody reads them.
"""

from datetime import datetime
from typing import Any

from django.db import migrations

_WAITS = (
    "never_sent",
    "rate_limited",
    "key_refused",
    "put_back",
    "twin_waits",
    "first_reading",
    "earlier_unread",
)
_CHUNK = 500


def fill(apps: Any, _schema_editor: Any) -> None:
    submissions = apps.get_model("pins", "Submission").objects
    for one in submissions.filter(state__in=["queued", "sending"]).iterator(_CHUNK):
        one.read_first = bool(one.evidence.get("read_first"))
        one.asked_earlier = bool(one.evidence.get("asked_earlier"))
        if one.state == "queued" and one.error_kind in _WAITS:
            one.waits_for, one.error_kind = one.error_kind, ""
        one.save(update_fields=["read_first", "asked_earlier", "waits_for", "error_kind"])
    for one in submissions.filter(evidence__has_key="twin").iterator(_CHUNK):
        one.duplicate = str(one.evidence["twin"])
        one.save(update_fields=["duplicate"])
    users = set(apps.get_model("teams", "User").objects.values_list("pk", flat=True))
    for one in submissions.filter(edit__isnull=False).iterator(_CHUNK):
        _write_edit(apps.get_model("pins", "PendingEdit"), one, users)


def _write_edit(model: Any, submission: Any, users: set[int]) -> None:
    edit: dict[str, Any] = submission.edit
    actor, not_before = edit.get("actor_id"), edit.get("not_before")
    model.objects.create(
        submission=submission,
        state=_state_of(edit),
        content=edit["content"],
        body=edit["body"],
        scheduled_for=datetime.fromisoformat(edit["scheduled_for"]),
        actor_id=actor if actor in users else None,
        changed=edit.get("changed", []),
        tries=edit.get("tries", 0),
        readings=edit.get("readings", 0),
        may_be_done=edit.get("may_be_done", False),
        not_before=datetime.fromisoformat(not_before) if not_before else None,
        has_told=edit.get("has_said", False),
        refusal=edit.get("refusal", ""),
        request_id=edit.get("request_id", ""),
    )


def _state_of(edit: dict[str, Any]) -> str:
    if edit.get("is_taken"):
        return "taken"
    if edit.get("is_late"):
        return "late"
    if edit.get("refusal"):
        return "refused"
    # A PUT without an answer so far: whoever sent it may have been stopped for the upgrade.
    return "leaving" if edit.get("may_be_done") and not edit.get("not_before") else "wanted"


def put_back(apps: Any, _schema_editor: Any) -> None:
    submissions = apps.get_model("pins", "Submission").objects
    for one in submissions.filter(state__in=["queued", "sending"]).iterator(_CHUNK):
        flags = {name: True for name in ("read_first", "asked_earlier") if getattr(one, name)}
        one.evidence = {**one.evidence, **flags}
        one.error_kind = one.waits_for or one.error_kind
        one.save(update_fields=["evidence", "error_kind"])
    for one in submissions.exclude(duplicate="").iterator(_CHUNK):
        one.evidence = {**one.evidence, "twin": one.duplicate}
        one.save(update_fields=["evidence"])
    submissions.filter(edit__isnull=False).update(edit=None)
    for edit in apps.get_model("pins", "PendingEdit").objects.select_related("submission").iterator(_CHUNK):
        edit.submission.edit = {
            "content": edit.content,
            "body": edit.body,
            "scheduled_for": edit.scheduled_for.isoformat(),
            "actor_id": edit.actor_id,
            "changed": edit.changed,
            "token": str(edit.pk),
            "tries": edit.tries,
            "readings": edit.readings,
            "may_be_done": edit.may_be_done,
            "is_taken": edit.state == "taken",
            "is_late": edit.state == "late",
            "refusal": edit.refusal,
            "request_id": edit.request_id,
            "not_before": edit.not_before.isoformat() if edit.not_before else "",
            "has_said": edit.has_told,
        }
        edit.submission.save(update_fields=["edit"])


class Migration(migrations.Migration):
    dependencies = [("pins", "0010_typed_columns")]

    operations = [migrations.RunPython(fill, put_back)]
