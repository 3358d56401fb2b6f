"""Find why a scheduled pin will fail, before its time comes. Reads our own rows only."""

from collections.abc import Iterator

from django.utils import timezone

from postpeer_dash.accounts.models import Account, Usage
from postpeer_dash.pins.models import Status, Target
from postpeer_dash.pins.pages.pin.records import PinRows
from postpeer_dash.pins.text.phrases import moment
from postpeer_dash.web.sentences import Sentence, explain

_AHEAD = (Status.QUEUED, Status.SCHEDULED, Status.PENDING)


def list_dangers(rows: PinRows) -> list[str]:
    """Return a sentence for each known reason for which this pin will not go out."""
    waiting = [target for target in rows.targets if target.status in _AHEAD]
    found = [str(sentence) for target in waiting for sentence in _of_target(target)]
    usage = _used_up(rows, waiting)
    if usage is not None:
        found.append(str(explain("ahead_credits", when=moment(usage.read_at))))
    return list(dict.fromkeys(found))


def _of_target(target: Target) -> Iterator[Sentence]:
    account = target.account
    facts = {"account": account.name, "platform": account.platform_name}
    if account.health == Account.Health.RECONNECT_REQUIRED:
        yield explain("ahead_reconnect", **facts)
    elif not account.is_connected:
        yield explain("ahead_disconnected", **facts)
    if target.board is not None and target.board.gone_at is not None:
        yield explain("ahead_board", board=target.board.label)


def _used_up(rows: PinRows, waiting: list[Target]) -> Usage | None:
    at = rows.pin.scheduled_for
    if not waiting or at is None:
        return None
    usage = Usage.objects.filter(connection=waiting[0].account.connection_id, left=0).first()
    if usage is None or usage.cycle_end is None:
        return usage
    # With the next cycle come new credits.
    return usage if max(at, timezone.now()) < usage.cycle_end else None
