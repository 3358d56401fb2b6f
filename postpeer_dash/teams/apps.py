from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "postpeer_dash.teams"
    label = "teams"

    def ready(self) -> None:
        from postpeer_dash.teams.sign_in_audit import connect_signals

        connect_signals()
