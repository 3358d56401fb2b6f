from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.boards.forms import BoardNumberForm, BoardSearchForm, ChosenForm, PickerForm
from postpeer_dash.boards.pages import read_boards_page, read_section
from postpeer_dash.boards.services import paste_board, read_picker, refresh_boards
from postpeer_dash.teams.access import Right, TeamRequest, get_or_404, in_team


@require_safe
@in_team(Right.VIEW)
def boards(request: TeamRequest) -> HttpResponse:
    """Show every account's boards, to look through and to begin a pin from."""
    form = BoardSearchForm(request.GET)
    form.is_valid()
    narrowed = form.cleaned_data
    page = read_boards_page(
        request.team, query=narrowed.get("q", ""), account=narrowed.get("account"), asked=request.GET
    )
    return render(request, "boards/boards.html", {"page": page})


@require_safe
@in_team(Right.COMPOSE)
def picker(request: TeamRequest) -> HttpResponse:
    """Return the picker for one account, for the page that holds it."""
    form = PickerForm(request.GET)
    if not form.is_valid():
        raise Http404
    account = get_or_404(accounts_of(request.team), pk=form.cleaned_data["account"])
    if not account.has_boards:
        raise Http404
    found = read_picker(account, chosen=form.cleaned_data["board"], is_background=form.cleaned_data["background"])
    return render(request, "boards/_picker.html", {"picker": found})


@require_POST
@in_team(Right.COMPOSE)
def refresh(request: TeamRequest, account: int) -> HttpResponse:
    """Ask PostPeer for the boards now. Answers with the part of the page that asked, or redirects to the boards page."""
    row = get_or_404(accounts_of(request.team), pk=account)
    if not row.has_boards:
        raise Http404
    target = request.headers.get("HX-Target", "")
    if target == "picker":
        chosen = ChosenForm(request.POST)
        board = chosen.cleaned_data["board"] if chosen.is_valid() else None
        return render(request, "boards/_picker.html", {"picker": read_picker(row, chosen=board, refresh=True)})
    refresh_boards(row)
    narrowed = _narrowed(request)
    if target:
        row.refresh_from_db()
        section = read_section(row, query=narrowed.get("q", ""))
        return render(request, "boards/_section.html", {"section": section})
    address = reverse("boards:boards", args=[request.team.slug])
    return redirect(f"{address}?{urlencode(narrowed)}" if narrowed else address)


@require_http_methods(["GET", "POST"])
@in_team(Right.COMPOSE)
def add(request: TeamRequest, account: int) -> HttpResponse:
    """Take a board that PostPeer doesn't list, by its number or by an address that holds it."""
    row = get_or_404(accounts_of(request.team), pk=account)
    if not row.has_boards:
        raise Http404
    form = BoardNumberForm(request.POST if request.method == "POST" else None, account=row)
    if request.method == "POST" and form.is_valid():
        number, name = form.cleaned_data["board"], form.cleaned_data["name"]
        board = paste_board(account=row, remote_id=number, name=name, actor=request.user)
        words = _("“%(board)s” can be chosen now. Nobody has checked it: if there is no such board, its pin fails.")
        messages.success(request, words % {"board": board.shown_name})
        return redirect("boards:boards", team=request.team.slug)
    return render(request, "boards/add.html", {"form": form, "account": row}, status=422 if form.errors else 200)


def _narrowed(request: HttpRequest) -> dict[str, str]:
    form = BoardSearchForm(request.POST)
    form.is_valid()
    return {name: str(value) for name, value in form.cleaned_data.items() if value}
