"""Who may send files, and whose uploads are whose."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from postpeer_dash.media.models import MediaFile
from postpeer_dash.media.services import files_of
from postpeer_dash.teams.access import Right, TeamRequest, can, find_membership, get_or_404
from postpeer_dash.teams.models import User


def may_send_files(user: User | AnonymousUser, team: str, **_rest: object) -> bool:
    """Return whether this visitor may send files to the team with this slug; asked before a byte of one is stored."""
    if not isinstance(user, User):
        return False
    try:
        return can(find_membership(user, team), Right.COMPOSE)
    except Http404:
        return False


def get_file(request: TeamRequest, uuid: UUID) -> MediaFile:
    """Return a file of the team; raise Http404 for one that isn't."""
    return get_or_404(files_of(request.team).select_related("team"), uuid=uuid)


def get_own_file(request: TeamRequest, uuid: UUID) -> MediaFile:
    """Return a file that this person uploads; raise Http404 for one that somebody else does."""
    return get_or_404(files_of(request.team).select_related("team").filter(uploaded_by=request.user), uuid=uuid)
