"""Views that are imported with the first visit, for pages that few people open and that need a library of their own."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string


def lazy_view(path: str, *, is_open: bool = False) -> Callable[..., HttpResponseBase]:
    """Return a view that imports the one at a dotted path when it is called. `is_open`: it checks by itself who is
    there; otherwise a sign-in is required.
    """

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = import_string(path)(request, *args, **kwargs)
        return response

    view.__name__ = view.__qualname__ = path.rpartition(".")[2]
    view.__doc__ = f"{path}, loaded when it is asked for."
    return login_not_required(view) if is_open else view
