from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest

from postpeer_dash.teams.models import User
from postpeer_dash.teams.sign_in_audit import note_sign_in
from postpeer_dash.web.client_ip import current_ip


def start_session(request: HttpRequest, user: User) -> None:
    """Sign in somebody who has just come by a link, without the form; the session stands in their list, too."""
    # The backend is named, since nobody has called authenticate(); and allauth lists only the sessions of its own
    # sign-in, of which it hears by a signal that login() doesn't send.
    # What was kept for somebody signed out made it a short session.
    request.session.set_expiry(None)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    UserSession.objects.create_from_request(request)
    note_sign_in(user, "sign_in.done", current_ip())


def list_sessions(user: User) -> list[UserSession]:
    """Return where a person is signed in, the earliest first. Ended sessions are deleted on the way."""
    return sorted(UserSession.objects.purge_and_list(user), key=lambda session: session.created_at)


def end_other_sessions(*, user: User, current: str | None) -> int:
    """End all of a person's sessions but the one with the key `current`. Returns how many there were."""
    others = [session for session in list_sessions(user) if session.session_key != current]
    if others:
        get_adapter().end_sessions(others)
        note_sign_in(user, "sign_in.sessions_ended", current_ip())
    return len(others)
