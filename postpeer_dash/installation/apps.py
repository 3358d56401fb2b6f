from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "postpeer_dash.installation"
    label = "installation"
