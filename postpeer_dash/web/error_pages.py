"""The pages for what is refused or went wrong.

Django's own handlers look for a CSRF token first, and read the whole body for it: also of a POST to an address that
doesn't exist, where no limit of ours has looked at it yet. None of these pages has a form, so none needs a token.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's names
    """Answer what can't be read (400)."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what a person may not do (403)."""
    return render(request, "403.html", {"exception": str(exception)}, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's names
    """Answer where there is nothing, or nothing for this person (404)."""
    return render(request, "404.html", status=404)


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer what went wrong here (500), without asking the database or the person."""
    return HttpResponseServerError(loader.get_template("500.html").render())
