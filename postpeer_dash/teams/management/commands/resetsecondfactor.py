from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from postpeer_dash.teams.models import User
from postpeer_dash.teams.operators import find_user, reset_second_factor


class Command(BaseCommand):
    help = "Takes a person's second factor away, for somebody who has lost it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = find_user(options["email"])
        except User.DoesNotExist:
            raise CommandError("Nobody here has this address.") from None
        number = reset_second_factor(user=user)
        done = "signs in with the password alone now." if number else "had no second factor."
        self.stdout.write(f"{user.email} {done}")
