from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from postpeer_dash.teams.models import User
from postpeer_dash.teams.operators import find_user, reset_password
from postpeer_dash.teams.password_prompt import add_password_option, read_password


class Command(BaseCommand):
    help = "Sets a person's password and ends all of their sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        add_password_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = find_user(options["email"])
            reset_password(user=user, password=read_password(options))
        except User.DoesNotExist:
            raise CommandError("Nobody here has this address.") from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.email} has the new password. All sessions are ended.")
