from django.apps import AppConfig


class WebConfig(AppConfig):
    """Hold what every page needs: the page frame, times in the person's zone, keyset pages. Knows no other app."""

    name = "postpeer_dash.web"
    label = "web"

    def ready(self) -> None:
        from postpeer_dash.web.form_messages import install_messages

        install_messages()
