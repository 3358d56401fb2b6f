"""Looking ahead: what is scheduled is compared with the accounts, boards and credits as PostPeer tells them now.

A worker asks, now and then and only while something is scheduled, so that what will fail is said before its time and no
page has to ask. None of these questions costs a credit.
"""

import logging

from django.db.models import Q
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Connection, Usage
from postpeer_dash.accounts.postpeer import base_url, worker_client
from postpeer_dash.accounts.services import check_account
from postpeer_dash.accounts.usage import read_usage
from postpeer_dash.boards.services import refresh_boards
from postpeer_dash.pins.models import Status, Target
from postpeer_dash.pins.publishing.pause import may_speak
from postpeer_dash.pins.publishing.state import publishing_setting
from postpeer_dash.postpeer import PostPeerError
from postpeer_dash.worker.jobs import periodic
from postpeer_dash.worker.models import SingletonJob

log = logging.getLogger(__name__)
_MAX = 200


def look_ahead_when_due() -> None:
    """Look ahead when the last look is long ago. The claim isn't given back: it ends by itself."""
    is_scheduled = Target.objects.filter(status=Status.SCHEDULED, pin__scheduled_for__gt=timezone.now()).exists()
    # Credits that were used up are asked about until there are some again.
    if not is_scheduled and not Usage.objects.filter(left=0).exists():
        return
    if SingletonJob.take("foresight", seconds=publishing_setting("look_ahead_every")) is not None:
        look_ahead()


def look_ahead() -> None:
    """Asks PostPeer about the credits, and about the accounts and boards that something is scheduled for."""
    connection = Connection.objects.filter(base_url=base_url()).first()
    if connection is None or not may_speak(connection):
        return
    ahead = Target.objects.filter(status=Status.SCHEDULED, pin__scheduled_for__gt=timezone.now())
    used = Q(pk__in=ahead.values("account"))
    accounts = Account.objects.filter(used, connection=connection, team__deleting_at=None)
    try:
        with worker_client() as client:
            read_usage(client=client)
            for account in accounts.exclude(health=Account.Health.DISCONNECTED).order_by("pk")[:_MAX]:
                check_account(account, client=client)
                if account.has_boards and account.can_publish:
                    refresh_boards(account, client=client)
    except PostPeerError as error:
        # It is only a look: the next one comes by itself.
        log.warning("nobody could look ahead: %s", error.message)


PREFLIGHT = periodic("preflight", look_ahead_when_due, every=publishing_setting("sweep_every"))
