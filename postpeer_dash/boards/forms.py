import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board, BoardList
from postpeer_dash.web.text import fold
from postpeer_dash.web.text_fields import CleanTextField, NameField, SearchField

# Pinterest's numbers of boards have 18 or 19 digits today.
_NUMBER = re.compile(r"[0-9]{15,20}", re.ASCII)
_IS_PINTEREST = re.compile(r"(?:[a-z0-9-]+\.)*pinterest\.[a-z.]{2,6}", re.ASCII)


class BoardSearchForm(forms.Form):
    """The filters of the boards page. A value that makes no sense filters nothing."""

    q = SearchField(label=_("Find a board"), required=False, max_length=200)
    account = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class ChosenForm(forms.Form):
    """The board that is chosen at the moment: the id of our own row, or nothing."""

    board = forms.CharField(required=False, max_length=30)


class PickerForm(ChosenForm):
    """The account whose boards are asked for. `background`: the page asks by itself, not a person."""

    account = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    background = forms.BooleanField(required=False)


class BoardNumberForm(forms.Form):
    """A board that PostPeer doesn't list: its number, or an address of Pinterest's that tells which one it is."""

    board = CleanTextField(
        label=_("Number or address of the board"),
        max_length=2000,
        help_text=_("Its number has 18 or 19 digits. Addresses on Pinterest rarely hold it."),
    )
    name = NameField(
        label=_("Its name"),
        max_length=200,
        required=False,
        help_text=_("Only for you to know it by, until it is read."),
    )

    def __init__(self, data: Mapping[str, str] | None, *, account: Account) -> None:
        super().__init__(data)
        self.account = account

    def clean_board(self) -> str:
        """Return the board's number, as far as it can be checked here."""
        text = str(self.cleaned_data["board"])
        number = text if _NUMBER.fullmatch(text) else self._number_in(text)
        rows = Board.objects.filter(remote_id=number, account__connection=self.account.connection_id)
        own = rows.filter(account=self.account).first()
        if own is not None and own.gone_at is None:
            raise ValidationError(_("“%(board)s” is in the list already."), params={"board": own.shown_name})
        other = rows.exclude(account=self.account).select_related("account").first()
        if other is not None and other.account.team_id == self.account.team_id:
            words = _("This is “%(board)s” of %(account)s, another account.")
            raise ValidationError(words, params={"board": other.shown_name, "account": other.account.name})
        if other is not None:
            raise ValidationError(_("This board belongs to another account."))
        known = BoardList.objects.filter(account=self.account).first()
        if known is not None and known.read_at is not None and not known.may_be_part:
            raise ValidationError(
                _("PostPeer lists all boards of this account, and this isn’t one of them. Refresh the list first.")
            )
        return number

    def _number_in(self, text: str) -> str:
        """Return the number of the board that an address leads to; raises ValidationError where it doesn't tell."""
        if text.isdecimal():
            raise ValidationError(
                _("A board’s number has 18 or 19 digits, and this has %(count)s."), params={"count": len(text)}
            )
        try:
            parts = urlsplit(text if "://" in text else f"https://{text}")
            host = (parts.hostname or "").lower()
        except ValueError:
            host = ""
        if not _IS_PINTEREST.fullmatch(host):
            raise ValidationError(_("This is neither a number nor an address on Pinterest."))
        steps = [unquote(step) for step in parts.path.split("/") if step]
        for word in [*steps, *(value for _name, value in parse_qsl(parts.query))]:
            # A pin's number looks the same.
            if _NUMBER.fullmatch(word) and steps[:1] != ["pin"]:
                return word
        named = self._named(steps)
        if named is not None:
            raise ValidationError(_("“%(board)s” is in the list already."), params={"board": named.shown_name})
        raise ValidationError(
            _(
                "This address doesn’t hold the board’s number, and PostPeer can’t be asked for it. Paste the number itself."
            )
        )

    def _named(self, steps: list[str]) -> Board | None:
        """Return the listed board that an address like /name/winter-away/ names."""
        if len(steps) != 2 or (self.account.username and fold(steps[0]) != fold(self.account.username)):
            return None
        rows = Board.objects.filter(account=self.account, gone_at=None)
        return next((board for board in rows if _slug(board.name) == _slug(steps[1])), None)


def _slug(name: str) -> str:
    return "-".join(re.findall(r"\w+", fold(name)))
