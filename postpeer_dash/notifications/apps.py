from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "postpeer_dash.notifications"
    label = "notifications"
