from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class SecretsReporterFilter(SafeExceptionReporterFilter):
    """Remove keys from everything that a report of an exception shows, wherever they stand in it.

    Django's own filter goes by names; a key also stands in headers, in locals of libraries, and inside of other texts.
    """

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, Any]:
        """Return a frame's variables; those whose repr holds a key are replaced."""
        pairs = super().get_traceback_frame_variables(request, tb_frame)
        return {name: _without_keys(value) for name, value in pairs}.items()

    def get_safe_settings(self) -> dict[str, Any]:
        """Return the settings; the environment is among them under a name that says nothing of keys."""
        return {name: _without_keys(value) for name, value in super().get_safe_settings().items()}


def _without_keys(value: Any) -> Any:
    keys = [settings.POSTPEER_API_KEY, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    try:
        shown = repr(value)
    except Exception:  # noqa: BLE001 - somebody else's __repr__ may raise anything; the report says so
        return value
    return "(holds a key, not shown)" if any(key and key in shown for key in keys) else value
