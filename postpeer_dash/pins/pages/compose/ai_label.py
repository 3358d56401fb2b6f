"""The label for what AI made: asked for on the form, written into the file itself."""

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from postpeer_dash.media.services import find_by_url, label_file
from postpeer_dash.pins.pages.compose.forms import ComposeForm
from postpeer_dash.teams.access import TeamRequest


def is_labelled(request: TeamRequest, media_url: str) -> bool:
    """Return what the form begins with: the label of the pin's file, or what the team's files have as a rule."""
    file = find_by_url(request.team.pk, media_url)
    return file.ai_label if file is not None else request.team.labels_ai


def write_label(request: TeamRequest, form: ComposeForm, data: QueryDict) -> bool:
    """Have the form's file labelled as it says; return False with a reason on the form where that can't be done.

    The labelled file has an address of its own, which takes the other one's place in the form and in `data`.
    """
    wish, url = form.cleaned_data["ai_label"], form.cleaned_data["media_url"]
    if not wish or not url:
        return True
    file = find_by_url(request.team.pk, url)
    if file is None:
        if wish == "no" or not form.is_sending:
            return True
        words = _("The label is written into the file itself. Upload the file here, and it is labelled.")
        form.add_error("ai_label", ValidationError(words, code="address"))
        return False
    try:
        labelled = label_file(file, user=request.user, is_ai=wish == "yes")
    except ValidationError as error:
        form.add_error("ai_label", error)
        return False
    form.cleaned_data["media_url"] = data["media_url"] = labelled.url
    return True
