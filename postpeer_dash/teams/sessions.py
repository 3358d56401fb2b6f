from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest

from postpeer_dash.teams.models import User


def start_session(request: HttpRequest, user: User) -> None:
    """Signs in somebody who has just come in by a link, without the form; the session stands in their list, too."""
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    UserSession.objects.create_from_request(request)
