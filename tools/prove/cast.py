"""Who and what the proof works with: one team, its accounts and boards, here and in the sandbox."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tools.prove.instance import BOARDS, FOREIGN_POSTS, Instance

if TYPE_CHECKING:
    from postpeer_dash.accounts.models import Account
    from postpeer_dash.boards.models import Board
    from postpeer_dash.teams.models import Team, User

_PINTEREST = ("int_p1", "int_p2", "int_p3")
_LINKEDIN = "int_l1"


@dataclass(slots=True)
class Stage:
    """The rows every scenario uses."""

    team: "Team"
    owner: "User"
    accounts: "list[Account]"
    boards: "dict[int, list[Board]]"
    linkedin: "Account"


def set_stage(instance: Instance) -> Stage:
    """Make the team with its accounts and boards, the same in the sandbox, and posts of strangers beside them."""
    from postpeer_dash.accounts.models import Account, Profile
    from postpeer_dash.accounts.postpeer import current_connection
    from postpeer_dash.boards.models import Board
    from postpeer_dash.teams.models import Membership, Role, Team, User

    team = Team.objects.create(name="Proof", slug="proof")
    owner = User.objects.create_user("owner@example.com", "a long enough password", last_team=team)
    Membership.objects.create(team=team, user=owner, role=Role.OWNER)
    connection = current_connection()
    Profile.objects.create(team=team, connection=connection, name="Proof", remote_id="prof_1")
    common = {"team": team, "connection": connection, "health": Account.Health.ACTIVE}
    accounts = [
        Account.objects.create(remote_id=remote, platform="pinterest", display_name=remote, **common)
        for remote in _PINTEREST
    ]
    linkedin = Account.objects.create(remote_id=_LINKEDIN, platform="linkedin", display_name="LinkedIn", **common)
    boards = {
        account.pk: [
            Board.objects.create(
                account=account, remote_id=f"{10**17 + account.pk * 1000 + n}", name=f"Board {n}", privacy="PUBLIC"
            )
            for n in range(BOARDS)
        ]
        for account in accounts
    }
    _seed(instance, accounts, boards)
    return Stage(team, owner, accounts, boards, linkedin)


def _seed(instance: Instance, accounts: "list[Account]", boards: "dict[int, list[Board]]") -> None:
    integrations = [
        {
            "id": account.remote_id,
            "platform": "pinterest",
            "profileId": "prof_1",
            "boards": [{"id": board.remote_id, "name": board.name} for board in boards[account.pk]],
        }
        for account in accounts
    ]
    instance.sandbox.seed(
        profiles=[{"id": "prof_1", "name": "Proof"}, {"id": "prof_2", "name": "Strangers"}],
        integrations=[
            *integrations,
            {"id": _LINKEDIN, "platform": "linkedin", "profileId": "prof_1"},
            {"id": "int_x", "platform": "linkedin", "profileId": "prof_2"},
        ],
        # In the future, so that they are in every reading: a list has more than one page.
        posts=[_stranger(number) for number in range(FOREIGN_POSTS)],
    )
    instance.sandbox.control("settings", {"monthly_limit": 10**6})


def _stranger(number: int) -> dict[str, object]:
    at = datetime.now(UTC) + timedelta(days=2, seconds=number)
    return {
        "postId": f"stranger_{number}",
        "status": "published",
        "createdAt": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "rawRequestBody": {
            "content": f"A stranger's post {number}",
            "platforms": [{"platform": "linkedin", "accountId": "int_x"}],
            "publishNow": True,
        },
    }
