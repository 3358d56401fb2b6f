from django.apps import AppConfig


class WorkerConfig(AppConfig):
    name = "postpeer_dash.worker"
    label = "worker"
