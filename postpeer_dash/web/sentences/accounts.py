"""Wording about accounts and their boards: connecting them, their health, reading their boards."""

from django.utils.translation import gettext_lazy as _

from postpeer_dash.web.sentences.wording import LOOK_AGAIN, RECONNECT, REFRESH, TRY_AGAIN, Wording

# The round trip of connecting an account.
CONNECTING: dict[str, Wording] = {
    "connect_cancelled": Wording(
        _("Nothing was connected."),
        _("The consent at %(platform)s was cancelled. You can start again whenever you like."),
        _("Connect %(platform)s"),
    ),
    "connect_expired": Wording(
        _("This took longer than half an hour."),
        _("A connection that was begun is good for 30 minutes. Nothing was added. Start again from your accounts."),
        _("Start again"),
    ),
    "connect_used": Wording(
        _("This way back was used already."),
        _("It works once. What it brought stands on your accounts’ page, or can be connected again there."),
        _("To your accounts"),
    ),
    "connect_foreign": Wording(
        _("This connection was begun by somebody else."),
        _(
            "It can be finished only in the browser and the session it was begun in. Nothing was added. Start again from your accounts."
        ),
        _("To the dashboard"),
    ),
    "connect_unknown": Wording(
        _("This way back leads nowhere."),
        _("No connection was begun with it here. Start again from your accounts."),
        _("To the dashboard"),
    ),
    "connect_other_team": Wording(
        _("%(account)s belongs to another team on this dashboard."),
        _("Teams share no accounts, so it was not added. That team can disconnect it, then it can be connected here."),
    ),
    "connect_already_here": Wording(
        _("%(account)s is already connected here."),
        _("Nothing has to be added. What we know of it is up to date now."),
        _("To your accounts"),
    ),
    "connect_all_here": Wording(
        _("PostPeer has nothing new for this team."),
        _(
            "What it holds for %(platform)s is already connected here: %(accounts)s. Something just allowed can take a moment to arrive."
        ),
        LOOK_AGAIN,
    ),
    "connect_reconnected": Wording(
        _("%(account)s is connected again."),
        _("It can publish again, with its boards and its history."),
        _("To your accounts"),
    ),
    "connect_not_the_same": Wording(
        _("%(account)s still needs reconnecting."),
        _("The consent was given for another account. Sign in to %(platform)s as %(account)s, then try again."),
        RECONNECT,
    ),
    "connect_nothing_new": Wording(
        _("PostPeer has nothing new for this team."),
        _("If you allowed it at %(platform)s, it can take a moment to arrive. Otherwise start again."),
        LOOK_AGAIN,
    ),
    "connect_looking_failed": Wording(
        _("PostPeer can’t be reached, so we can’t see yet what was connected."),
        _("Nothing was added and nothing is lost. Look again in a moment; you don’t have to give your consent again."),
        LOOK_AGAIN,
    ),
    "connect_gone": Wording(
        _("This account is no longer there to be added."),
        _("PostPeer doesn’t list it for your team any more. Nothing was added."),
        LOOK_AGAIN,
    ),
    "connect_not_offered": Wording(
        _("PostPeer doesn’t offer %(platform)s for this project."),
        _("Whoever runs the dashboard can ask PostPeer for it. Nothing was connected."),
    ),
    "connect_not_set_up": Wording(
        _("%(platform)s isn’t set up at PostPeer."),
        _("Its credentials are missing there, so trying again won’t help. Whoever runs the dashboard has to add them."),
    ),
    "connect_renews": Wording(
        _("Is this %(account)s, renewed?"),
        _("PostPeer gave it a new number and doesn’t say whose it is, so only you can tell."),
        _("It is %(account)s, renewed"),
    ),
    "connect_busy": Wording(
        _("Your team is being set up at PostPeer just now."),
        _("Somebody else connects the first account at this moment. Try again in a few seconds."),
        TRY_AGAIN,
    ),
    "connect_too_many": Wording(
        _("That was begun very often just now."),
        _("Nothing was connected. Wait a few minutes, then try again."),
        TRY_AGAIN,
    ),
}

ACCOUNTS: dict[str, Wording] = {
    "account_token_expired": Wording(_("Its permission has run out."), _("Give it again, and it goes on as before.")),
    "account_access_revoked": Wording(
        _("The permission was taken back at %(platform)s."), _("Give it again, and it goes on as before.")
    ),
    "account_security_invalidation": Wording(
        _("%(platform)s ended the permission for safety, after a new password for instance."),
        _("Give it again, and it goes on as before."),
    ),
    "account_refresh_rejected": Wording(
        _("%(platform)s no longer renews the permission."), _("Give it again, and it goes on as before.")
    ),
    "account_gone": Wording(
        _("It is gone at PostPeer."),
        _("Somebody may have disconnected it there. Its boards and its history stay here; connect it again to go on."),
    ),
    "account_due": Wording(
        _("Its permission ends %(when)s."),
        _("Give it again before that, and nothing that is scheduled fails."),
        RECONNECT,
    ),
    "account_broken": Wording(
        _("%(platform)s doesn’t let PostPeer in any more."), _("Give the permission again, and it goes on as before.")
    ),
    "disconnect_failed": Wording(
        _("%(account)s is still connected here."),
        _("PostPeer gave no clear answer, so nothing was changed. Try again, or refresh to see what PostPeer has."),
        TRY_AGAIN,
    ),
    "bring_in_taken": Wording(
        _("This account belongs to somebody meanwhile."),
        _("It is in a profile at PostPeer, or a team here has it. Nothing was changed."),
        LOOK_AGAIN,
    ),
    "unclaimed_gone": Wording(
        _("This account is no longer unclaimed."),
        _("It was added or disconnected meanwhile. Nothing was changed."),
        REFRESH,
    ),
}

BOARDS: dict[str, Wording] = {
    "boards_none": Wording(_("%(account)s has no boards yet."), _("Make one on Pinterest, then refresh."), REFRESH),
    "boards_part": Wording(
        _("PostPeer listed exactly %(count)s boards of %(account)s, so these are perhaps not all."),
        _("One that is missing here isn’t gone for that. You can add it by its number."),
        _("Add a board"),
    ),
    "boards_reconnect": Wording(
        _("%(account)s needs reconnecting."),
        _("Its boards can’t be read until then. What you typed stays here."),
        RECONNECT,
    ),
    "boards_reconnect_old": Wording(
        _("%(account)s needs reconnecting,"),
        _("so these are its boards of %(time)s. Nothing can be published there until then."),
        RECONNECT,
    ),
    "boards_unreachable": Wording(
        _("PostPeer can’t be reached, so the boards of %(account)s can’t be shown."),
        _("What you typed stays here."),
        TRY_AGAIN,
    ),
    "boards_unreachable_old": Wording(
        _("PostPeer can’t be reached,"),
        _("so these are the boards of %(time)s. You can go on with them."),
        TRY_AGAIN,
    ),
    "boards_key_rejected": Wording(
        _("PostPeer refuses this dashboard’s key, so the boards of %(account)s can’t be shown."),
        _("Whoever runs the dashboard has to look at POSTPEER_API_KEY."),
        TRY_AGAIN,
    ),
    "boards_key_rejected_old": Wording(
        _("PostPeer refuses this dashboard’s key,"),
        _("so these are the boards of %(time)s. Whoever runs the dashboard has to look at POSTPEER_API_KEY."),
        TRY_AGAIN,
    ),
    "boards_busy": Wording(
        _("The boards of %(account)s are being read."), _("It takes a moment longer than usual."), LOOK_AGAIN
    ),
}
