from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "postpeer_dash.accounts"
    label = "accounts"
