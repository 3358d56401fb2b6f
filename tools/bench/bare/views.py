from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tools.bench.bare.models import Note


@login_required
def notes(request: HttpRequest) -> HttpResponse:
    """Return the newest fifty."""
    return render(request, "bare/notes.html", {"notes": Note.objects.order_by("-created_at")[:50]})
