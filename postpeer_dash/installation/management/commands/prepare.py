"""`manage.py prepare`: create what web and worker need before they start, where `make run` doesn't do it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from postpeer_dash.installation.greeting import make_setup_link
from postpeer_dash.installation.preparing import prepare_data
from postpeer_dash.installation.start_error import StartError


class Command(BaseCommand):
    help = "Migrates the database, makes the cache table and, while nobody has signed up, prints the link to begin."
    requires_system_checks = []

    def handle(self, **_options: Any) -> None:
        """Prepare the data; repeatable. Exits 1 with one sentence when the folder or the database can't be used."""
        try:
            prepare_data()
        except StartError as error:
            raise CommandError(str(error)) from error
        link = make_setup_link()
        if link:
            self.stdout.write(f"Nobody has signed up yet. Begin at {link}")
