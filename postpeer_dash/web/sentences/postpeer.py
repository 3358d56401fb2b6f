"""Wording about PostPeer's answers to the dashboard as a whole."""

from django.utils.translation import gettext_lazy as _

from postpeer_dash.web.sentences.wording import REFRESH, TRY_AGAIN, Wording

POSTPEER: dict[str, Wording] = {
    "postpeer_unreachable": Wording(
        _("PostPeer can’t be reached."),
        _("Nothing was changed. It may be down for a moment, or this server has no way to it."),
        TRY_AGAIN,
    ),
    "postpeer_busy": Wording(
        _("PostPeer answers slowly, and others are waiting for it already."),
        _("Nothing was changed. Try again in a few seconds."),
        TRY_AGAIN,
    ),
    "postpeer_error": Wording(
        _("PostPeer gives an answer that can’t be used."),
        _("Nothing was changed here. Try again in a moment."),
        TRY_AGAIN,
    ),
    "key_rejected": Wording(
        _("PostPeer refuses this dashboard’s key."),
        _("Nothing is sent until that is cleared up. Whoever runs the dashboard has to look at POSTPEER_API_KEY."),
        TRY_AGAIN,
    ),
    "not_allowed": Wording(
        _("PostPeer doesn’t allow this."),
        _("The key is good, but not for this. Whoever runs the dashboard can see at PostPeer what the plan includes."),
    ),
    "rate_limited": Wording(
        _("PostPeer asks us to come back later."),
        _("It has had too many questions for now. Nothing was changed. Wait a minute, then try again."),
        TRY_AGAIN,
    ),
    "out_of_credits": Wording(
        _("The PostPeer project is out of credits."),
        _("What is here stays as it is. Top up at PostPeer, then try again."),
        TRY_AGAIN,
    ),
    "not_found": Wording(
        _("PostPeer doesn’t know this any more."),
        _("It was removed there, or it belongs to another key."),
        REFRESH,
    ),
}

# Why nothing is sent at all.
HELD: dict[str, Wording] = {
    "held_key_rejected": Wording(
        _("PostPeer refuses this dashboard’s key, so nothing is sent."),
        _("What waits stays in line. Whoever runs the dashboard has to look at POSTPEER_API_KEY."),
        _("See why"),
    ),
    "held_key_changed": Wording(
        _("The dashboard has another PostPeer key than before, so nothing is sent."),
        _(
            "It goes on by itself once our profiles are found under it. Whoever runs the dashboard can see what is missing."
        ),
        _("See why"),
    ),
    "held_unknown_posts": Wording(
        _("PostPeer has posts that nothing here explains, so nothing is sent."),
        _("They may have been made before a backup was put back, or elsewhere. Somebody has to look at them."),
        _("Look at them"),
    ),
}
