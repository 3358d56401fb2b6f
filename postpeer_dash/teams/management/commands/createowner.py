from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from postpeer_dash.teams.models import User
from postpeer_dash.teams.operators import make_owner
from postpeer_dash.teams.password_prompt import add_password_option, read_password


class Command(BaseCommand):
    help = "Makes an owner of the installation: a new person, or one who is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--team", default="", help="also make a team of this name, which they own")
        add_password_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        is_new = not User.objects.filter(email__iexact=options["email"].strip()).exists()
        password = read_password(options) if is_new else ""
        try:
            user, team = make_owner(
                email=options["email"], name=options["name"], password=password, team_name=options["team"]
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.email} owns the installation.")
        if team is not None:
            self.stdout.write(f"They own the team {team.name}, at /t/{team.slug}/.")
