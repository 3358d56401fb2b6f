from django.apps import AppConfig


class PinsConfig(AppConfig):
    name = "postpeer_dash.pins"
    label = "pins"

    def ready(self) -> None:
        from postpeer_dash.accounts.dependents import register_counter
        from postpeer_dash.pins.services import count_dependents

        register_counter(count_dependents)
