from postpeer_dash.accounts.views.connecting import (
    add,
    connect,
    connect_cancelled,
    connect_return,
    connected,
    reconnect,
)
from postpeer_dash.accounts.views.listing import accounts, disconnect, disconnect_unclaimed, refresh

__all__ = [
    "accounts",
    "add",
    "connect",
    "connect_cancelled",
    "connect_return",
    "connected",
    "disconnect",
    "disconnect_unclaimed",
    "reconnect",
    "refresh",
]
