from django.apps import AppConfig


class PinsConfig(AppConfig):
    name = "postpeer_dash.pins"
    label = "pins"

    def ready(self) -> None:
        from postpeer_dash.accounts.dependents import register_counter, register_mover
        from postpeer_dash.pins.services import count_dependents
        from postpeer_dash.pins.text.moving import describe_moving

        register_counter(count_dependents)
        register_mover(describe_moving)
