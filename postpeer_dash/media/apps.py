from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "postpeer_dash.media"
    label = "media"
