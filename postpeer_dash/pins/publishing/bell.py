"""The bell that calls a worker for a submission. Who answers it is said once, when the app is loaded.

What is rung for stands in the row; the bell carries its id alone. It knows no task and no step of the protocol, so that
every module may notify it and the imports of this package run one way.
"""

from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string

from postpeer_dash.pins.models import Submission

# What waits to be sent goes before what only asks, so that many questions don't hold up a pin.
_SEND_FIRST = 50
_answering: list[str] = []


def register_task(path: str) -> None:
    """Says by its dotted path which task answers the bell. It is imported with the first notify."""
    _answering[:] = [path]


def enqueue(submission_id: int, state: str, run_after: datetime | None = None) -> None:
    """Puts the task into the queue for this submission, not before `run_after`. In the caller's transaction."""
    task: Any = import_string(_answering[0])
    priority = _SEND_FIRST if state == Submission.State.QUEUED else 0
    task.using(priority=priority, run_after=run_after).enqueue(submission_id)
