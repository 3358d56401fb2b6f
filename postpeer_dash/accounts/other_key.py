"""One PostPeer key for one database: two machines with two keys, both good, must not take it from each other in turns.

The database knows the key's fingerprint. Another key is taken by itself only while nobody works under the known one, and
only if it is new: one that was replaced before comes back by a person's decision alone.
"""

from django.conf import settings
from django.db import transaction

from postpeer_dash.accounts.models import Connection
from postpeer_dash.accounts.postpeer import base_url, key_fingerprint
from postpeer_dash.worker.life_signs import find_machine_under
from postpeer_dash.worker.running import RefusedStartError


class OtherKeyError(RefusedStartError):
    """The database belongs to another key of PostPeer's; the text is a sentence for the console."""


def explain_refusal(connection: Connection) -> str:
    """Return why the configured key can't be taken for this connection's, in a sentence; empty when nothing speaks
    against it.
    """
    own = key_fingerprint(settings.POSTPEER_API_KEY)
    if connection.key_fingerprint == own:
        return ""
    if own in connection.replaced_keys:
        return (
            "This POSTPEER_API_KEY was replaced by another one, which this database belongs to now. Use that one here, "
            "too; to go back to this one: manage.py prepare --take-postpeer-key."
        )
    machine = find_machine_under(connection.key_fingerprint)
    if machine:
        return (
            f"This database belongs to another POSTPEER_API_KEY, and a worker on {machine} works under that one. Use "
            "the same key on every machine; to change it, stop all of them first."
        )
    return ""


def require_same_key() -> None:
    """Raise OtherKeyError when the database belongs to another key that is in use, or has replaced this one."""
    connection = Connection.objects.filter(base_url=base_url()).first()
    refusal = explain_refusal(connection) if connection else ""
    if refusal:
        raise OtherKeyError(refusal)


def take_postpeer_key() -> None:
    """Let the configured key come back: it is looked at as one that is new, and the known one counts as replaced by it
    once our profiles are found under it.
    """
    own = key_fingerprint(settings.POSTPEER_API_KEY)
    with transaction.atomic():
        for connection in Connection.objects.select_for_update().filter(base_url=base_url()):
            connection.replaced_keys = [key for key in connection.replaced_keys if key != own]
            connection.save(update_fields=["replaced_keys"])
