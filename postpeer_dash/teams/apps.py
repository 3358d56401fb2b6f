from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "postpeer_dash.teams"
    label = "teams"
