from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "postpeer_dash.demo"
    label = "demo"
