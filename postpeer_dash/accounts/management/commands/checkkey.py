from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from postpeer_dash.accounts.error_sentences import sentence_for
from postpeer_dash.accounts.postpeer import page_client
from postpeer_dash.postpeer import PostPeerError


class Command(BaseCommand):
    help = "Asks PostPeer whether it takes the configured key. Costs no credits."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with page_client() as client:
                is_good = client.check_key()
        except PostPeerError as error:
            raise CommandError(f"{settings.POSTPEER_BASE_URL}: {sentence_for(error)}") from None
        if not is_good:
            raise CommandError(f"{settings.POSTPEER_BASE_URL} refuses the key. Look at POSTPEER_API_KEY.")
        self.stdout.write(f"{settings.POSTPEER_BASE_URL} takes the key.")
