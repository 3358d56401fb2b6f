"""`manage.py prepare`: create what web and worker need before they start, where `make run` doesn't do it."""

import argparse
import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from postpeer_dash.accounts.other_key import take_postpeer_key
from postpeer_dash.installation.greeting import make_setup_link
from postpeer_dash.installation.preparing import prepare_data
from postpeer_dash.installation.start_error import StartError

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Migrates the database, makes the cache table and, while nobody has signed up, prints the link to begin."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Nothing is needed except after a SECRET_KEY was lost, or to go back to an earlier key of PostPeer's."""
        parser.add_argument(
            "--take-secret-key",
            action="store_true",
            help="from now on the database belongs to today's SECRET_KEY; what was encrypted under another is lost",
        )

        parser.add_argument(
            "--take-postpeer-key",
            action="store_true",
            help="take today's POSTPEER_API_KEY again, although another one has replaced it",
        )

    def handle(self, **options: Any) -> None:
        """Prepare the data; repeatable. Exit 1 with one sentence when the folder or the database can't be used."""
        try:
            prepare_data(takes_secret_key=options["take_secret_key"])
        except StartError as error:
            raise CommandError(str(error)) from error
        if options["take_postpeer_key"]:
            take_postpeer_key()
        log.info("rules of time zones: %s", settings.ZONE_DATA.name)
        link = make_setup_link()
        if link:
            self.stdout.write(f"Nobody has signed up yet. Begin at {link}")
