"""The forms of a team's settings, of its deletion, and of the page about held sending."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.naming import disambiguate
from postpeer_dash.accounts.platforms import PLATFORMS
from postpeer_dash.boards.alike import read_distinctions
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.models import Defaults
from postpeer_dash.teams.models import Team
from postpeer_dash.web.text_fields import NameField
from postpeer_dash.web.time_zone_fields import TimeZoneField

_MAX_BOARDS = 1000


class TeamForm(forms.Form):
    """A team's name and time zone, where its new pins usually go, and what becomes of its files."""

    name = NameField(label=gettext_lazy("Name"), max_length=100, widget=forms.TextInput({"dir": "auto"}))
    time_zone = TimeZoneField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("For people who join. Everybody can choose another one for themselves."),
    )
    account = forms.ChoiceField(
        label=gettext_lazy("Default account"), required=False, help_text=gettext_lazy("A new pin begins with it.")
    )
    board = forms.ChoiceField(label=gettext_lazy("Default board"), required=False)
    keeps_place = forms.BooleanField(
        label=gettext_lazy("Keep the place in pictures"),
        help_text=gettext_lazy("Otherwise it is taken out, and nobody can read from a pin where it was taken."),
        required=False,
    )
    labels_ai = forms.BooleanField(
        label=gettext_lazy("Label new files as made or changed with AI"),
        help_text=gettext_lazy("Each pin’s form begins with it, and can say otherwise."),
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, team: Team) -> None:
        usual = Defaults.objects.filter(team=team).first()
        initial = {
            "name": team.name,
            "time_zone": team.time_zone,
            "account": usual.account_id if usual else "",
            "board": usual.board_id if usual else "",
            "keeps_place": team.keeps_place,
            "labels_ai": team.labels_ai,
        }
        super().__init__(data, initial=initial)
        primary = {key for key, platform in PLATFORMS.items() if platform.is_primary}
        self.accounts = {str(row.pk): row for row in disambiguate(accounts_of(team)) if row.platform in primary}
        boards = Board.objects.filter(account__in=list(self.accounts.values()), gone_at=None).order_by("name", "pk")
        known = read_distinctions([row.pk for row in self.accounts.values()])
        self.boards = {str(board.pk): board for board in boards[:_MAX_BOARDS]}
        for board in self.boards.values():
            board.distinction = known.get(board.pk, "")
        none = [("", _("None, what was used last"))]
        self.fields["account"].choices = none + [(pk, row.name) for pk, row in self.accounts.items()]  # type: ignore[attr-defined]
        self.fields["board"].choices = none + self._board_choices(list(self.boards.values()))  # type: ignore[attr-defined]

    def _board_choices(self, boards: Sequence[Board]) -> list[Any]:
        return [
            (row.name, [(str(board.pk), board.label) for board in boards if board.account_id == row.pk])
            for row in self.accounts.values()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        account, board = self.chosen_account, self.chosen_board
        if board is not None and account is not None and board.account_id != account.pk:
            self.add_error(
                "board", _("This board is another account’s. Choose one of %(account)s.") % {"account": account.name}
            )
        return cleaned

    @property
    def chosen_board(self) -> Board | None:
        return self.boards.get(self.cleaned_data.get("board", ""))

    @property
    def chosen_account(self) -> Account | None:
        """Return the chosen account, or the account of the chosen board."""
        chosen = self.accounts.get(self.cleaned_data.get("account", ""))
        board = self.chosen_board
        return chosen or (self.accounts.get(str(board.account_id)) if board else None)


class StopForm(forms.Form):
    """The scheduled pins that are cancelled along with the stop."""

    every = forms.BooleanField(required=False)
    pins = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, uuids: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pins"].choices = [(uuid, uuid) for uuid in uuids]  # type: ignore[attr-defined]


class DeleteForm(forms.Form):
    """The team's name, typed once more, and what becomes of its accounts."""

    name = forms.CharField(
        label=gettext_lazy("The team’s name"),
        max_length=100,
        help_text=gettext_lazy("Type it as it is written above."),
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    accounts = forms.ChoiceField(
        label=gettext_lazy("Its accounts"),
        widget=forms.RadioSelect,
        choices=[
            ("disconnect", gettext_lazy("Disconnect them, PostPeer forgets their permissions")),
            ("keep", gettext_lazy("Keep them at PostPeer, for another team")),
        ],
        initial="disconnect",
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name.strip() != self.team.name.strip():
            raise forms.ValidationError(_("This isn’t its name. Nothing was deleted."))
        return name


class MatchForm(forms.Form):
    """A post of PostPeer's, and the submission that it answers."""

    post = forms.CharField(max_length=200)
    submission = forms.UUIDField()
