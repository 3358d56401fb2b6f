"""The round trip: out to the consent page, back, and adding what it brought."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from postpeer_dash.accounts import connecting
from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.accounts.connecting import ConnectRefusedError, ReturnResult
from postpeer_dash.accounts.error_sentences import sentence_for
from postpeer_dash.accounts.forms import AddForm
from postpeer_dash.accounts.models import Account, ConnectAttempt
from postpeer_dash.accounts.pages import read_accounts_page
from postpeer_dash.accounts.platforms import PLATFORMS, platform_name
from postpeer_dash.accounts.postpeer import page_client
from postpeer_dash.accounts.profiles import ProfileBusyError
from postpeer_dash.postpeer import PostPeerError
from postpeer_dash.teams.access import Right, TeamRequest, find_membership, get_or_404, in_team, require
from postpeer_dash.web import limits
from postpeer_dash.web.client_ip import client_ip
from postpeer_dash.web.sentences import Sentence, explain

# 410: it was good once; 403: it is somebody else's; 404: it never was.
_STATUS = {"connect_expired": 410, "connect_used": 410, "connect_foreign": 403, "connect_unknown": 404}


@require_POST
@in_team(Right.MANAGE)
def connect(request: TeamRequest, platform: str) -> HttpResponse:
    """Begin the round trip for a platform of the table."""
    if platform not in PLATFORMS:
        raise Http404
    return _leave_for_consent(request, platform)


@require_POST
@in_team(Right.MANAGE)
def reconnect(request: TeamRequest, account: int) -> HttpResponse:
    """Begin the round trip for an account that needs it."""
    row = get_or_404(accounts_of(request.team), pk=account)
    return _leave_for_consent(request, row.platform, row)


def _leave_for_consent(request: TeamRequest, platform: str, account: Account | None = None) -> HttpResponse:
    """Return a small page that takes the browser to the consent page.

    Not a redirect: Chromium applies `form-action` to the redirects of a posted form, and where the consent page lives
    is known only now. A link and a Refresh header are exempt.
    """
    if limits.consume(limits.CONNECT, address=client_ip(request), user=request.user.pk) is None:
        return _show_list_with(request, explain("connect_too_many"))
    try:
        with page_client() as client:
            url = connecting.start_connecting(
                team=request.team,
                user=request.user,
                session_key=request.session.session_key or "",
                platform=platform,
                account=account,
                client=client,
            )
    except PostPeerError as error:
        return _show_list_with(request, sentence_for(error))
    except connecting.PlatformUnavailableError as unavailable:
        return _show_list_with(request, unavailable.sentence)
    except ProfileBusyError:
        return _show_list_with(request, explain("connect_busy"))
    context = {"url": url, "platform": platform, "platform_name": platform_name(platform)}
    response = render(request, "accounts/leaving.html", context)
    response["Refresh"] = f"0; url={iri_to_uri(url)}"
    response["Cache-Control"] = "no-store"
    return response


def _show_list_with(request: TeamRequest, problem: Sentence) -> HttpResponse:
    return render(request, "accounts/accounts.html", {"page": read_accounts_page(request.membership, problem=problem)})


@require_GET
def connect_return(request: TeamRequest, nonce: str) -> HttpResponse:
    """Take the return from the consent page. Whatever the address carries besides the nonce is ignored."""
    return _take_return(request, nonce, was_cancelled=False)


@require_GET
def connect_cancelled(request: TeamRequest, nonce: str) -> HttpResponse:
    """Take the return from the consent page without a consent."""
    return _take_return(request, nonce, was_cancelled=True)


def _take_return(request: TeamRequest, nonce: str, *, was_cancelled: bool) -> HttpResponse:
    try:
        attempt = connecting.find_attempt(nonce=nonce, user=request.user, session_key=request.session.session_key or "")
        membership = find_membership(request.user, attempt.team.slug)
        require(membership, Right.MANAGE)
        request.team, request.membership = membership.team, membership
        connecting.consume_attempt(attempt, was_cancelled=was_cancelled)
    except ConnectRefusedError as refused:
        return _refuse(request, refused)
    return redirect("accounts:connected", attempt.team.slug, attempt.pk)


@require_GET
@in_team(Right.MANAGE)
def connected(request: TeamRequest, attempt: int) -> HttpResponse:
    """Show what the consent brought. Opening it again asks again, as long as the attempt is good."""
    try:
        row = _returned(request, attempt)
    except ConnectRefusedError as refused:
        return _refuse(request, refused)
    look: ReturnResult | None = None
    problem: Sentence | None = None
    try:
        with page_client() as client:
            look = connecting.inspect_return(row, client=client)
    except PostPeerError as error:
        found = sentence_for(error)
        problem = explain("connect_looking_failed") if found.kind == "postpeer_unreachable" else found
    if look and look.reconnected and not look.offers and len(look.sentences) == len(look.reconnected):
        for sentence in look.sentences:
            messages.success(request, str(sentence))
        return redirect("accounts:accounts", request.team.slug)
    return _show_return(request, row, look=look, problem=problem)


@require_POST
@in_team(Right.MANAGE)
def add(request: TeamRequest, attempt: int) -> HttpResponse:
    """Add one of the accounts that the return offered."""
    form = AddForm(request.POST)
    try:
        row = _returned(request, attempt)
    except ConnectRefusedError as refused:
        return _refuse(request, refused)
    if not form.is_valid():
        return _refuse(request, ConnectRefusedError("connect_gone", row))
    take = connecting.renew_account if form.cleaned_data["renews"] else connecting.add_account
    try:
        with page_client() as client:
            account = take(row, form.cleaned_data["integration"], client=client)
    except ConnectRefusedError as refused:
        return _refuse(request, refused)
    except PostPeerError as error:
        return _show_return(request, row, problem=sentence_for(error))
    messages.success(request, _("%(account)s is connected.") % {"account": account.name})
    if row.offered:
        return redirect("accounts:connected", request.team.slug, row.pk)
    return redirect("accounts:accounts", request.team.slug)


def _returned(request: TeamRequest, attempt: int) -> ConnectAttempt:
    session_key = request.session.session_key or ""
    return connecting.get_returned(request.team, attempt, user=request.user, session_key=session_key)


def _refuse(request: HttpRequest, refused: ConnectRefusedError) -> HttpResponse:
    return _show_return(request, refused.attempt, problem=refused.sentence, status=_STATUS.get(refused.kind, 200))


def _show_return(
    request: HttpRequest,
    attempt: ConnectAttempt | None,
    *,
    look: ReturnResult | None = None,
    problem: Sentence | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "attempt": attempt,
        "platform_name": platform_name(attempt.platform) if attempt else "",
        "look": look,
        "problem": problem,
    }
    return render(request, "accounts/connect_return.html", context, status=status)
