"""Boards as PostPeer last listed them, per account, with the time of the last good reading."""

import re

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from postpeer_dash.accounts.models import Account
from postpeer_dash.web.text import clean_text

# Pages of Pinterest's end here; whether PostPeer reads on behind one is not known.
PAGE_ENDS = frozenset({25, 50, 100, 250})


class BoardList(models.Model):
    """How old the boards of one account are, and what went wrong when they were last asked for."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="board_list")
    read_at = models.DateTimeField(null=True, blank=True)  # the last good reading
    tried_at = models.DateTimeField(null=True, blank=True)
    # Who asks holds the row until then, so that two people opening the picker cause one request.
    asking_until = models.DateTimeField(null=True, blank=True)
    error_kind = models.CharField(max_length=40, blank=True)
    error_text = models.TextField(blank=True)
    listed = models.PositiveIntegerField(null=True, blank=True)  # how many stood in the last good reading
    doubted_at = models.DateTimeField(null=True, blank=True)  # when a pin failed for its board: the list is old then

    def __str__(self) -> str:
        return f"boards of {self.account_id}"

    @property
    def may_be_part(self) -> bool:
        """Return whether there may be more boards than PostPeer listed, so that a missing one isn't gone."""
        return self.listed in PAGE_ENDS


class Board(models.Model):
    """A board. Gone from Pinterest means marked, not deleted, so that history keeps its name."""

    class Privacy(models.TextChoices):
        PUBLIC = "PUBLIC", _("Public")
        PROTECTED = "PROTECTED", _("Protected")
        SECRET = "SECRET", _("Secret")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="boards")
    remote_id = models.CharField(max_length=100)  # 18 to 19 digits: text, never a number
    name = models.TextField()
    description = models.TextField(blank=True)
    privacy = models.CharField(max_length=20, blank=True)  # an unknown word stays as it is
    position = models.PositiveIntegerField(default=0)  # PostPeer's order
    seen_at = models.DateTimeField(default=timezone.now)
    gone_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    # When a person gave its number; until PostPeer lists it, nobody has checked whether there is such a board.
    pasted_at = models.DateTimeField(null=True, blank=True)

    # What tells it apart where boards of one name stand side by side; see `alike`.
    distinction = ""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "remote_id"], name="one_board_per_account_and_id")]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        """Return its name; a placeholder for a board without one."""
        return clean_text(self.name) or str(_("A board without a name"))

    @property
    def label(self) -> str:
        """Return its name, with what tells it apart where another board of its account is called the same."""
        return f"{self.shown_name} ({self.distinction})" if self.distinction else self.shown_name

    @property
    def privacy_word(self) -> str:
        """Return who sees it, in a word; an unknown one is made readable: `GROUP_ONLY` is "Group only"."""
        known = self.Privacy(self.privacy).label if self.privacy in self.Privacy.values else ""
        return str(known) or " ".join(re.split(r"[\W_]+", self.privacy)).strip().capitalize()
