"""The compose page for a scheduled pin: its accounts are fixed, the rest can be changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import QueryDict

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.naming import disambiguate_within
from postpeer_dash.pins.editing import version_of, why_not_editable
from postpeer_dash.pins.models import Pin, Submission, Target
from postpeer_dash.pins.pages.compose import context as compose
from postpeer_dash.pins.pages.compose.choices import Accounts
from postpeer_dash.pins.pages.scheduled.forms import EditForm
from postpeer_dash.pins.text.phrases import moment_with_place
from postpeer_dash.teams.access import TeamRequest
from postpeer_dash.web.time_zones import zone_of


@dataclass(frozen=True)
class Fixed:
    """What a pin was handed in for: its own account, and the other accounts it goes to, as rows of this team."""

    accounts: Accounts
    crossed: list[int]
    targets: Sequence[Target]


def read_fixed(pin: Pin) -> Fixed:
    """Return the pin's targets, and those of their accounts that are connected."""
    alike = Account.objects.filter(team=pin.team_id, display_name=OuterRef("account__display_name"))
    rows = Target.objects.filter(pin=pin).select_related("account", "board").order_by("pk")
    targets = list(rows.annotate(has_namesake=Exists(alike.exclude(pk=OuterRef("account")))))
    # The team's other accounts are read only where one of them could be taken for one of these.
    if any(target.has_namesake for target in targets):
        disambiguate_within(pin.team_id, [target.account for target in targets])
    connected = [target.account for target in targets if target.account.health != Account.Health.DISCONNECTED]
    accounts = Accounts.sorted_from([account for account in connected if account.team_id == pin.team_id])
    primary = {pk: account for pk, account in accounts.primary.items() if pk == pin.account_id}
    crossed = sorted({target.account_id for target in targets} - {pin.account_id})
    return Fixed(Accounts(primary, accounts.others), crossed, targets)


def find_hindrance(pin: Pin, fixed: Fixed) -> str:
    """Why the pin can't be changed now, as the kind of the sentence that says it."""
    return why_not_editable(
        pin, Submission.objects.filter(pin=pin).select_related("connection", "pending_edit"), fixed.targets
    )


def fix_accounts(request: TeamRequest, typed: QueryDict, pin: Pin, fixed: Fixed) -> QueryDict:
    """Return the posted data with the pin's own accounts, and with the person's time zone where none was posted."""
    data = typed.copy()
    data["account"] = str(pin.account_id or "")
    data.setlist("cross_post", [str(pk) for pk in fixed.crossed])
    if not data.get("timezone"):
        data["timezone"] = str(zone_of(request.user))
    return data


def edit_values(request: TeamRequest, pin: Pin, fixed: Fixed) -> dict[str, Any]:
    """Return the values that the form begins with; its id stands for the version that is shown."""
    values = compose.pin_values(request, pin, crossed=fixed.crossed)
    return {**values, "form_id": version_of(pin, fixed.targets)}


def read_edit_page(request: TeamRequest, form: EditForm, pin: Pin, **more: Any) -> dict[str, Any]:
    """Return the page's whole context."""
    goes_out = moment_with_place(pin.scheduled_for) if pin.scheduled_for else ""
    return {**compose.read_compose(request, form, **more), "editing": pin, "goes_out": goes_out}
