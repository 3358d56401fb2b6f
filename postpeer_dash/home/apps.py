from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "postpeer_dash.home"
    label = "home"

    def ready(self) -> None:
        from postpeer_dash.web.sweeps import register_sweep

        register_sweep("postpeer_dash.home.deletion.sweep_deletions")
