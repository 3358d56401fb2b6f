"""Who has a second factor, and what happens to a member without one where the team requires it."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from postpeer_dash.teams.models import Membership, Team, User
from postpeer_dash.teams.services import record_audit

# Recovery codes alone are none: they only stand in for one of these.
_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What a refusal says to the page of 403.
WANTED = "second factor"
_SESSION_KEY = "after_second_factor"


class ActorLacksSecondFactor(ValueError):
    """Who requires a second factor of others needs one first, or would lock themselves out."""


def has_second_factor(user_ids: Iterable[int]) -> set[int]:
    """Return those of these people who sign in with an app's codes or a passkey as well. One query."""
    rows = Authenticator.objects.filter(user_id__in=list(user_ids), type__in=_FACTORS)
    return set(rows.values_list("user_id", flat=True))


def lacks_second_factor(membership: Membership) -> bool:
    """Return whether the team requires one and this member has none yet. No query where the team doesn't."""
    return membership.team.requires_second_factor and not has_second_factor([membership.user_id])


def set_requirement(*, team: Team, actor: User, is_required: bool) -> None:
    """Set whether this team's members need a second factor. Raises ActorLacksSecondFactor."""
    if is_required and not has_second_factor([actor.pk]):
        raise ActorLacksSecondFactor
    if team.requires_second_factor == is_required:
        return
    team.requires_second_factor = is_required
    team.save(update_fields=["requires_second_factor"])
    action = "team.second_factor_required" if is_required else "team.second_factor_optional"
    record_audit(action=action, team=team, actor=actor, subject=team.name)


def redirect_to_setup(request: HttpRequest, team: Team) -> HttpResponseBase:
    """Redirect to the page where a second factor is set up, and remember the way back.

    Raises PermissionDenied for a request that changes something.
    """
    home = f"/t/{team.slug}/"
    if request.method not in ("GET", "HEAD"):
        # What was typed into a long form is kept at its address; other posts have no page of their own to go back to.
        keeps = request.resolver_match is not None and hasattr(request.resolver_match.func, "recoverable_fields")
        _remember_return_path(request, team, request.path if keeps else home)
        raise PermissionDenied(WANTED)
    if request.headers.get("HX-Request"):
        # A part of a page that is still open: the whole of it has to go.
        return HttpResponseClientRedirect(home)
    _remember_return_path(request, team, request.get_full_path())
    words = _("%(team)s asks for a second factor. Set one up here, and you come back to where you were going.")
    messages.info(request, words % {"team": team.name})
    return redirect("mfa_index")


def redirect_actor_to_setup(request: HttpRequest, team: Team, back: str) -> HttpResponseBase:
    """Redirect somebody who may not require of others what they don't have; `back` is where they came from."""
    _remember_return_path(request, team, back)
    return redirect("mfa_index")


def _remember_return_path(request: HttpRequest, team: Team, path: str) -> None:
    request.session[_SESSION_KEY] = {"path": path, "team": team.name, "slug": team.slug}


def forget_return_path(request: HttpRequest, team: Team) -> None:
    """Forget the way back: the person has arrived in this team."""
    if request.session.get(_SESSION_KEY, {}).get("slug") == team.slug:
        del request.session[_SESSION_KEY]
