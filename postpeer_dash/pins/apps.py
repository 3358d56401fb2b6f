from django.apps import AppConfig


class PinsConfig(AppConfig):
    name = "postpeer_dash.pins"
    label = "pins"

    def ready(self) -> None:
        from postpeer_dash.accounts.dependents import register_counter
        from postpeer_dash.pins.publishing.bell import register_task
        from postpeer_dash.pins.services import count_dependents
        from postpeer_dash.web.sweeps import register_sweep

        register_counter(count_dependents)
        register_task("postpeer_dash.pins.publishing.tasks.handle_submission")
        register_sweep("postpeer_dash.pins.preflight.sweep_foresight")
