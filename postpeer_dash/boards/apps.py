from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "postpeer_dash.boards"
    label = "boards"
