from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "postpeer_dash.notifications"
    label = "notifications"

    def ready(self) -> None:
        from postpeer_dash.web.sweeps import register_sweep

        register_sweep("postpeer_dash.notifications.mails.sweep_notifications")
