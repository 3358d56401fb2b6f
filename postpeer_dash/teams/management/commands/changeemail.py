from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from postpeer_dash.teams.email_change import AddressError, change_address
from postpeer_dash.teams.models import User
from postpeer_dash.teams.operators import find_user


class Command(BaseCommand):
    help = "Gives a person another e-mail address to sign in with, and tells the old one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address now")
        parser.add_argument("new_email", help="the new one")

    def handle(self, *args: Any, **options: Any) -> None:
        new = options["new_email"].strip().lower()
        try:
            validate_email(new)
            change_address(user=find_user(options["email"]), email=new)
        except User.DoesNotExist:
            raise CommandError("Nobody here has this address.") from None
        except ValidationError:
            raise CommandError(f"{new} isn’t an e-mail address. Nothing was changed.") from None
        except AddressError:
            raise CommandError(f"Somebody else here has the address {new}. Nothing was changed.") from None
        self.stdout.write(f"They sign in as {new} from now on.")
