"""The compose form. Every limit comes from `rules`; no field asks PostPeer anything."""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.media.fetching.share_pages import check_media_address
from postpeer_dash.pins import rules
from postpeer_dash.pins.content import TEXT_FIELDS, Content
from postpeer_dash.pins.models import MediaType
from postpeer_dash.pins.pages.compose.choices import Accounts
from postpeer_dash.pins.pages.compose.fields import (
    ClockTimeField,
    IdField,
    IdsField,
    InstantField,
    SourceField,
    TextField,
    VersionField,
    ZoneField,
)
from postpeer_dash.web import time_zones, times
from postpeer_dash.web.text import count_units

SENDING = frozenset({"publish", "schedule", "submit"})
ACTIONS = ("draft", "publish", "schedule", "submit", "refresh_boards", "copy_media", "look_at_media")


# Rules of two releases differ by an hour or two; what is further apart is no matter of rules.
_MOST_APART = timedelta(hours=26)
_NO_FORM_ID = gettext_lazy("This form had lost its number, so nothing was done. It has a new one: press again.")


class PressedForm(forms.Form):
    """The button that was pressed, and the form it belongs to; an unknown button saves a draft."""

    action = forms.ChoiceField(choices=[(action, action) for action in ACTIONS], required=False)
    form_id = forms.UUIDField(required=False)

    @property
    def pressed(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("action") or "draft"

    @property
    def sent_form_id(self) -> UUID | None:
        self.is_valid()
        return self.cleaned_data.get("form_id")


class ComposeForm(forms.Form):
    """The composed pin. A draft may be incomplete; with any other `action` it has to be complete."""

    form_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _NO_FORM_ID, "invalid": _NO_FORM_ID}
    )
    version = VersionField()
    source = SourceField()
    account = IdField(label=gettext_lazy("Account"))
    board = IdField(label=gettext_lazy("Board"))
    media_type = forms.ChoiceField(choices=MediaType.choices, initial=MediaType.IMAGE, required=False)
    media_url = TextField(
        label=gettext_lazy("Address of the picture"),
        widget=forms.URLInput({"autocomplete": "off", "dir": "ltr"}),
    )
    media_file = forms.FileField(label=gettext_lazy("Or a file of your own"), required=False, allow_empty_file=True)
    ai_label = forms.ChoiceField(
        label=gettext_lazy("Made or changed with AI"),
        help_text=gettext_lazy("Written into the picture itself, where Pinterest reads it."),
        choices=[("no", ""), ("yes", "")],
        required=False,
    )
    alt_text = TextField(
        label=gettext_lazy("Alt text"),
        help_text=gettext_lazy("What is in the picture, for people who can’t see it."),
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    dominant_color = TextField(
        label=gettext_lazy("Dominant colour"),
        widget=forms.TextInput({"class": "num", "placeholder": "#C3CEDA", "autocomplete": "off", "dir": "ltr"}),
    )
    cover_image_url = TextField(
        label=gettext_lazy("Cover picture"),
        help_text=gettext_lazy("What is seen before the video plays. Only sent with a video."),
        widget=forms.URLInput({"autocomplete": "off", "dir": "ltr"}),
    )
    cover_file = forms.FileField(label=gettext_lazy("Cover from a file"), required=False, allow_empty_file=True)
    title = TextField(
        label=gettext_lazy("Title"),
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
    description = TextField(
        label=gettext_lazy("Description"),
        widget=forms.Textarea({"rows": 6, "dir": "auto"}),
    )
    link = TextField(
        label=gettext_lazy("Link"),
        help_text=gettext_lazy("Where the pin leads when someone opens it. It has to start with https://"),
        widget=forms.URLInput({"autocomplete": "off", "dir": "ltr"}),
    )
    cross_post = IdsField(label=gettext_lazy("Also send it to"))
    scheduled_for = ClockTimeField(label=gettext_lazy("Day and time"))
    timezone = ZoneField(label=gettext_lazy("Time zone"))
    # The instant that the browser takes the time for, and the one of ours that was told beside it.
    shown_at = InstantField()
    confirmed_at = InstantField()
    fold = forms.ChoiceField(
        label=gettext_lazy("Which one"), required=False, choices=[("0", ""), ("1", "")], widget=forms.RadioSelect
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        accounts: Accounts,
        action: str = "draft",
        file_errors: Mapping[str, ValidationError] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.accounts = accounts
        self.action = action
        self.file_errors = file_errors or {}
        self.chosen_account: Account | None = None
        self.chosen_board: Board | None = None
        self.scheduled_at: datetime | None = None
        # The moment that was told beside the browser's: sent again with it, it is what was meant.
        self.asked_at: datetime | None = None

    @property
    def is_sending(self) -> bool:
        """Return whether the pin has to be complete: it goes out, or somebody is asked to publish it."""
        return self.action in SENDING

    @property
    def needs_connection(self) -> bool:
        """Return whether every account has to be one that can be sent to now."""
        return self.is_sending

    @property
    def needs_cover(self) -> bool:
        """Return whether a video has to have a cover."""
        return True

    def check_time(self, at: datetime) -> datetime:
        """Return the accepted time or raise ValidationError; a draft may have a past time."""
        return rules.check_time(at) if self.action in ("schedule", "submit") else rules.check_day(at)

    # One field each

    def clean_account(self) -> Account | None:
        pk = self.cleaned_data["account"]
        if pk is None:
            return None
        account = self.accounts.primary.get(pk)
        if account is None:
            raise ValidationError(_("Choose one of your accounts. The one chosen before isn’t connected here."))
        self.chosen_account = account
        if self.needs_connection and not account.can_publish:
            raise ValidationError(_needs_reconnecting(account))
        return account

    def clean_board(self) -> Board | None:
        pk = self.cleaned_data["board"]
        if pk is None or self.chosen_account is None:
            return None
        board = Board.objects.filter(account=self.chosen_account, pk=pk).first()
        if board is None:
            raise ValidationError(_("Choose one of the boards of %(account)s.") % {"account": self.chosen_account.name})
        if self.is_sending and board.gone_at:
            raise ValidationError(_("This board is gone from Pinterest. Choose another one."))
        self.chosen_board = board
        return board

    def clean_media_type(self) -> str:
        return self.cleaned_data["media_type"] or MediaType.IMAGE

    def clean_media_url(self) -> str:
        url = rules.check_media_url(self.cleaned_data["media_url"], may_be_private=is_postpeer_near())
        if self.is_sending:
            # A draft is saved with whatever stands there.
            check_media_address(url, self.cleaned_data.get("media_type") or MediaType.IMAGE)
        return url

    def clean_media_file(self) -> None:
        # The file itself went to PostPeer before; here is where its reason belongs when it did not.
        if "media_file" in self.file_errors:
            raise self.file_errors["media_file"]

    def clean_cover_file(self) -> None:
        if "cover_file" in self.file_errors:
            raise self.file_errors["cover_file"]

    def clean_alt_text(self) -> str:
        return rules.check_length(self.cleaned_data["alt_text"], rules.ALT_TEXT_MAX, what=_("The alt text"))

    def clean_dominant_color(self) -> str:
        return rules.check_color(self.cleaned_data["dominant_color"])

    def clean_cover_image_url(self) -> str:
        url: str = self.cleaned_data["cover_image_url"]
        if self.cleaned_data.get("media_type") == MediaType.VIDEO:
            url = rules.check_media_url(url, may_be_private=is_postpeer_near())
            if self.is_sending:
                check_media_address(url, MediaType.IMAGE)
            return url
        # A picture goes out without it; it is stored in case the video comes back.
        return rules.check_length(url, rules.ADDRESS_MAX, what=_("The address"))

    def clean_title(self) -> str:
        return rules.check_length(self.cleaned_data["title"], rules.TITLE_MAX, what=_("The title"))

    def clean_description(self) -> str:
        return rules.check_length(self.cleaned_data["description"], rules.DESCRIPTION_MAX, what=_("The description"))

    def clean_link(self) -> str:
        return rules.check_link(self.cleaned_data["link"])

    def clean_cross_post(self) -> tuple[Account, ...]:
        chosen = [self.accounts.others.get(pk) for pk in self.cleaned_data["cross_post"]]
        found = tuple(account for account in chosen if account is not None)
        if len(found) < len(chosen):
            raise ValidationError(_("Choose among your own accounts. One chosen before isn’t connected here."))
        broken = next((account for account in found if not account.can_publish), None)
        if self.needs_connection and broken:
            raise ValidationError(_needs_reconnecting(broken))
        return found

    # What concerns several

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.is_sending:
            self._check_completeness(cleaned)
        # Published at once, a pin has no use for a time, right or wrong.
        if self.action == "publish":
            for name in ("scheduled_for", "fold"):
                self.errors.pop(name, None)
        else:
            self._check_schedule(cleaned.get("scheduled_for"), cleaned.get("timezone"))
        return cleaned

    def _check_completeness(self, cleaned: dict[str, Any]) -> None:
        missing = rules.missing_for_sending(
            has_account=self.chosen_account is not None,
            has_board=cleaned.get("board") is not None,
            media_url=cleaned.get("media_url", ""),
            texts=[cleaned.get("title", ""), cleaned.get("description", "")],
            lacks_cover=self.needs_cover
            and cleaned.get("media_type") == MediaType.VIDEO
            and bool(cleaned.get("media_url"))
            and not cleaned.get("cover_image_url"),
        )
        for name, sentence in missing.items():
            is_said = name in self.errors or (name == "title" and "description" in self.errors)
            has_reason = {"media_url": "media_file", "cover_image_url": "cover_file"}.get(name) in self.errors
            if not is_said and not has_reason:
                self.add_error(name, ValidationError(sentence, code="missing"))

    def _check_schedule(self, local: datetime | None, zone: tzinfo | None) -> None:
        if local is None or zone is None:
            if self.action in ("schedule", "save") and not {"scheduled_for", "timezone"} & set(self.errors):
                self.add_error(
                    "scheduled_for", ValidationError(_("Choose the day and time at which it goes out."), code="missing")
                )
            return
        try:
            twice = time_zones.find_ambiguous(local, zone)
            if twice and self.cleaned_data.get("fold") not in ("0", "1"):
                raise ValidationError(
                    _("The clock is put back that night, so %(time)s comes twice. Say which one you mean.")
                    % {"time": times.clock_in(twice.first, zone)},
                    code="twice",
                )
            at = time_zones.resolve_local(local, zone, fold=int(self.cleaned_data.get("fold") or 0))
            self.scheduled_at = self.check_time(at)
            if self.is_sending and not (twice and self.cleaned_data.get("shown_at") in (twice.first, twice.second)):
                self._check_browser(local, zone, at)
        except time_zones.SkippedTime as skipped:
            self.add_error("scheduled_for", _skipped(skipped.following, zone))
        except OverflowError:
            self.add_error("scheduled_for", rules.beyond_calendar())
        except ValidationError as error:
            self.add_error("scheduled_for", error)

    def _check_browser(self, local: datetime, zone: tzinfo, at: datetime) -> None:
        """Ask once about a time that the browser, which said how long it is until then, takes for another moment."""
        shown, minute = self.cleaned_data.get("shown_at"), at.replace(second=0, microsecond=0)
        if shown is None or minute in (shown, self.cleaned_data.get("confirmed_at")):
            return
        apart = minute - shown
        if abs(apart) <= _MOST_APART:
            self.asked_at = minute
            raise ValidationError(_browser_differs(local, zone, at, apart), code="differs")

    # For the page

    @property
    def server_time(self) -> dict[str, str]:
        """Return the moment of the time that is shown, as we take it, for the note beside the field."""
        zone, at = str(self["timezone"].value() or ""), self.scheduled_at
        local = self["scheduled_for"].value()
        if not self.is_bound and isinstance(local, datetime) and (found := time_zones.find_zone(zone)):
            with contextlib.suppress(time_zones.SkippedTime, OverflowError):
                at = time_zones.resolve_local(local, found, fold=int(self["fold"].value() or 0))
        if at is None or not local:
            return {}
        text = local.strftime("%Y-%m-%dT%H:%M") if isinstance(local, datetime) else str(local)
        return {"local": text, "zone": zone, "at": at.astimezone(UTC).isoformat()}

    @property
    def counts(self) -> dict[str, int]:
        """Return the present length of each counted text, counted as the rule counts."""
        return {
            name: count_units(str(self[name].value() or "").strip()) for name in ("title", "description", "alt_text")
        }

    def to_content(self) -> Content:
        """Return what is saved, once the form is valid."""
        cleaned = self.cleaned_data
        return Content(
            account=cleaned["account"],
            board=cleaned["board"],
            cross_post=cleaned["cross_post"],
            **{name: str(cleaned[name]) for name in TEXT_FIELDS},
        )

    @property
    def sent_form_id(self) -> UUID:
        """Return the form's own id: the same form sent twice is the same pin."""
        form_id: UUID = self.cleaned_data["form_id"]
        return form_id

    @property
    def seen_version(self) -> int | None:
        """Return the version of the draft that the form was opened on; None from a page that doesn't say."""
        version: int | None = self.cleaned_data["version"]
        return version


def is_postpeer_near() -> bool:
    """Return whether PostPeer runs in a private network itself, so that it reaches private addresses, too."""
    return rules.is_private_host(urlsplit(settings.POSTPEER_BASE_URL).hostname or "")


def _needs_reconnecting(account: Account) -> str:
    return _("%(account)s has to be connected again before anything can go there. Nothing was sent.") % {
        "account": account.name
    }


def _browser_differs(local: datetime, zone: tzinfo, at: datetime, apart: timedelta) -> str:
    ours = (at.astimezone(zone).utcoffset() or timedelta()) + apart
    facts = {
        "time": times.clock_text(local),
        "city": time_zones.zone_city(str(zone)),
        "browser": time_zones.offset_words(ours),
        "offset": time_zones.offset_text(zone, at),
        "release": settings.ZONE_DATA.release or "?",
        "other": times.clock_text(local + apart),
    }
    return (
        _(
            "Your browser takes %(time)s in %(city)s for %(browser)s, and we take it for %(offset)s, by the rules of "
            "%(release)s. It would go out at %(time)s, %(city)s (%(offset)s), which your browser calls %(other)s. Press "
            "again if that is right."
        )
        % facts
    )


def _skipped(following: datetime, zone: tzinfo) -> ValidationError:
    return ValidationError(
        _("The clock is put forward that night, so this time doesn’t exist. The next one is %(time)s.")
        % {"time": f"{times.long_in(following, zone)}, {time_zones.place_words(str(zone), following)}"},
        code="skipped",
    )
