from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "postpeer_dash.home"
    label = "home"
