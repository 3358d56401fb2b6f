"""Change a team's settings, and stop what it sends."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.alike import distinguish_within
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.models import Defaults, Pin
from postpeer_dash.pins.publishing.pause import scheduled_at_postpeer, stop_sending
from postpeer_dash.pins.services import cancel_pin
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit

MAX_SCHEDULED = 200


def save_settings(
    *,
    team: Team,
    name: str,
    time_zone: str,
    account: Account | None,
    board: Board | None,
    keeps_place: bool,
    labels_ai: bool,
    actor: User,
) -> None:
    """Save a team's settings and record what changed. The account and the board have to be the team's."""
    with transaction.atomic():
        row = Team.objects.select_for_update().get(pk=team.pk)
        usual, _made = Defaults.objects.get_or_create(team=row)
        distinguish_within([board, usual.board])
        after = {
            "name": name,
            "time_zone": time_zone,
            "account": account.name if account else "",
            "board": board.label if board else "",
            **_name_choices(keeps_place=keeps_place, labels_ai=labels_ai),
        }
        before = {
            "name": row.name,
            "time_zone": row.time_zone,
            "account": usual.account.name if usual.account else "",
            "board": usual.board.label if usual.board else "",
            **_name_choices(keeps_place=row.keeps_place, labels_ai=row.labels_ai),
        }
        changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
        row.name, row.time_zone, row.keeps_place, row.labels_ai = name, time_zone, keeps_place, labels_ai
        row.save(update_fields=["name", "time_zone", "keeps_place", "labels_ai"])
        usual.account, usual.board = account, board
        usual.save(update_fields=["account", "board"])
        if changed:
            record_audit(team=row, actor=actor, action="team.changed", subject=", ".join(changed), detail=changed)


def _name_choices(*, keeps_place: bool, labels_ai: bool) -> dict[str, str]:
    """Return what becomes of the team's files, as the audit tells it."""
    return {
        "place": _("kept in pictures") if keeps_place else _("taken out"),
        "ai_label": _("on new files") if labels_ai else _("where it is asked for"),
    }


def list_scheduled(team: Team) -> Sequence[Pin]:
    """Return the pins that PostPeer sends at their time even while sending is stopped, the next one first."""
    return list(scheduled_at_postpeer(team)[:MAX_SCHEDULED])


def stop_team(*, team: Team, actor: User, cancelled: Iterable[Pin]) -> None:
    """Stop a team's sending, and cancel these scheduled pins at PostPeer."""
    stop_sending(team=team, actor=actor)
    for pin in cancelled:
        cancel_pin(pin=pin, actor=actor)
