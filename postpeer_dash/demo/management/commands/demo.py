from typing import Any

from django.core.management.base import BaseCommand, CommandError

from postpeer_dash.demo.cast import people
from postpeer_dash.demo.services import fill_demo


class Command(BaseCommand):
    """Fills the sandbox's demo. Run again, it changes nothing but addresses that have moved."""

    help = "Fills the demo team, for the sandbox alone. Safe to run at every start."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            is_new = fill_demo()
        except (RuntimeError, OSError) as error:
            raise CommandError(f"The demo couldn't be filled: {error}") from error
        first = people()[0]
        if is_new:
            self.stdout.write(f"The demo is filled. Sign in as {first.email} with the password: {first.password}")
        else:
            self.stdout.write("The demo is there already.")
