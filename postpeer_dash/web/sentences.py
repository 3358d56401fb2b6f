"""All wording for failures: what happened, what is safe, what the person can do, and the words on the button for it.

A kind is a short word that code passes around and rows store; `explain` turns it into a sentence. Facts are filled in
by name (`%(account)s`). A text that speaks to people about a failure stands here and nowhere else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Sentence:
    """One failure in words. `action` is the button's words, empty where there is nothing to press."""

    kind: str
    title: str
    text: str
    action: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class _Wording:
    title: Text
    text: Text
    action: Text = ""


_TRY_AGAIN = _("Try again")
_LOOK_AGAIN = _("Look again")
_RECONNECT = _("Reconnect")
_REFRESH = _("Refresh")

# PostPeer as a whole.
_POSTPEER: dict[str, _Wording] = {
    "postpeer_unreachable": _Wording(
        _("PostPeer can’t be reached."),
        _("Nothing was changed. It may be down for a moment, or this server has no way to it."),
        _TRY_AGAIN,
    ),
    "postpeer_error": _Wording(
        _("PostPeer gives an answer that can’t be used."),
        _("Nothing was changed here. Try again in a moment."),
        _TRY_AGAIN,
    ),
    "key_rejected": _Wording(
        _("PostPeer refuses this dashboard’s key."),
        _("Nothing is sent until that is cleared up. Whoever runs the dashboard has to look at POSTPEER_API_KEY."),
        _TRY_AGAIN,
    ),
    "not_allowed": _Wording(
        _("PostPeer doesn’t allow this."),
        _("The key is good, but not for this. Whoever runs the dashboard can see at PostPeer what the plan includes."),
    ),
    "rate_limited": _Wording(
        _("PostPeer asks us to come back later."),
        _("It has had too many questions for now. Nothing was changed. Wait a minute, then try again."),
        _TRY_AGAIN,
    ),
    "out_of_credits": _Wording(
        _("The PostPeer project is out of credits."),
        _("What is here stays as it is. Top up at PostPeer, then try again."),
        _TRY_AGAIN,
    ),
    "not_found": _Wording(
        _("PostPeer doesn’t know this any more."),
        _("It was removed there, or it belongs to another key."),
        _REFRESH,
    ),
}

# The round trip of connecting an account.
_CONNECTING: dict[str, _Wording] = {
    "connect_cancelled": _Wording(
        _("Nothing was connected."),
        _("The consent at %(platform)s was cancelled. You can start again whenever you like."),
        _("Connect %(platform)s"),
    ),
    "connect_expired": _Wording(
        _("This took longer than half an hour."),
        _("A connection that was begun is good for 30 minutes. Nothing was added. Start again from your accounts."),
        _("Start again"),
    ),
    "connect_used": _Wording(
        _("This way back was used already."),
        _("It works once. What it brought stands on your accounts’ page, or can be connected again there."),
        _("To your accounts"),
    ),
    "connect_foreign": _Wording(
        _("This connection was begun by somebody else."),
        _(
            "It can be finished only in the browser and the session it was begun in. Nothing was added. Start again from your accounts."
        ),
        _("To the dashboard"),
    ),
    "connect_unknown": _Wording(
        _("This way back leads nowhere."),
        _("No connection was begun with it here. Start again from your accounts."),
        _("To the dashboard"),
    ),
    "connect_other_team": _Wording(
        _("%(account)s belongs to another team on this dashboard."),
        _("Teams share no accounts, so it was not added. That team can disconnect it, then it can be connected here."),
    ),
    "connect_already_here": _Wording(
        _("%(account)s is already connected here."),
        _("Nothing has to be added. What we know of it is up to date now."),
        _("To your accounts"),
    ),
    "connect_all_here": _Wording(
        _("PostPeer has nothing new for this team."),
        _(
            "What it holds for %(platform)s is already connected here: %(accounts)s. Something just allowed can take a moment to arrive."
        ),
        _LOOK_AGAIN,
    ),
    "connect_reconnected": _Wording(
        _("%(account)s is connected again."),
        _("It can publish again, with its boards and its history."),
        _("To your accounts"),
    ),
    "connect_not_the_same": _Wording(
        _("%(account)s still needs reconnecting."),
        _("The consent was given for another account. Sign in to %(platform)s as %(account)s, then try again."),
        _RECONNECT,
    ),
    "connect_nothing_new": _Wording(
        _("PostPeer has nothing new for this team."),
        _("If you allowed it at %(platform)s, it can take a moment to arrive. Otherwise start again."),
        _LOOK_AGAIN,
    ),
    "connect_looking_failed": _Wording(
        _("PostPeer can’t be reached, so we can’t see yet what was connected."),
        _("Nothing was added and nothing is lost. Look again in a moment; you don’t have to give your consent again."),
        _LOOK_AGAIN,
    ),
    "connect_gone": _Wording(
        _("This account is no longer there to be added."),
        _("PostPeer doesn’t list it for your team any more. Nothing was added."),
        _LOOK_AGAIN,
    ),
    "connect_busy": _Wording(
        _("Your team is being set up at PostPeer just now."),
        _("Somebody else connects the first account at this moment. Try again in a few seconds."),
        _TRY_AGAIN,
    ),
    "connect_too_many": _Wording(
        _("That was begun very often just now."),
        _("Nothing was connected. Wait a few minutes, then try again."),
        _TRY_AGAIN,
    ),
}

# Accounts that are connected.
_ACCOUNTS: dict[str, _Wording] = {
    "account_token_expired": _Wording(_("Its permission has run out."), _("Give it again, and it goes on as before.")),
    "account_access_revoked": _Wording(
        _("The permission was taken back at %(platform)s."), _("Give it again, and it goes on as before.")
    ),
    "account_security_invalidation": _Wording(
        _("%(platform)s ended the permission for safety, after a new password for instance."),
        _("Give it again, and it goes on as before."),
    ),
    "account_refresh_rejected": _Wording(
        _("%(platform)s no longer renews the permission."), _("Give it again, and it goes on as before.")
    ),
    "account_gone": _Wording(
        _("It is gone at PostPeer."),
        _("Somebody may have disconnected it there. Its boards and its history stay here; connect it again to go on."),
    ),
    "account_broken": _Wording(
        _("%(platform)s doesn’t let PostPeer in any more."), _("Give the permission again, and it goes on as before.")
    ),
    "disconnect_failed": _Wording(
        _("%(account)s is still connected here."),
        _("PostPeer gave no clear answer, so nothing was changed. Try again, or refresh to see what PostPeer has."),
        _TRY_AGAIN,
    ),
    "bring_in_taken": _Wording(
        _("This account belongs to somebody meanwhile."),
        _("It is in a profile at PostPeer, or a team here has it. Nothing was changed."),
        _LOOK_AGAIN,
    ),
    "unclaimed_gone": _Wording(
        _("This account is no longer unclaimed."),
        _("It was added or disconnected meanwhile. Nothing was changed."),
        _REFRESH,
    ),
}

# Boards.
_BOARDS: dict[str, _Wording] = {
    "boards_none": _Wording(_("%(account)s has no boards yet."), _("Make one on Pinterest, then refresh."), _REFRESH),
    "boards_reconnect": _Wording(
        _("%(account)s needs reconnecting."),
        _("Its boards can’t be read until then. What you typed stays here."),
        _RECONNECT,
    ),
    "boards_reconnect_old": _Wording(
        _("%(account)s needs reconnecting,"),
        _("so these are its boards of %(time)s. Nothing can be published there until then."),
        _RECONNECT,
    ),
    "boards_unreachable": _Wording(
        _("PostPeer can’t be reached, so the boards of %(account)s can’t be shown."),
        _("What you typed stays here."),
        _TRY_AGAIN,
    ),
    "boards_unreachable_old": _Wording(
        _("PostPeer can’t be reached,"),
        _("so these are the boards of %(time)s. You can go on with them."),
        _TRY_AGAIN,
    ),
    "boards_key_rejected": _Wording(
        _("PostPeer refuses this dashboard’s key, so the boards of %(account)s can’t be shown."),
        _("Whoever runs the dashboard has to look at POSTPEER_API_KEY."),
        _TRY_AGAIN,
    ),
    "boards_key_rejected_old": _Wording(
        _("PostPeer refuses this dashboard’s key,"),
        _("so these are the boards of %(time)s. Whoever runs the dashboard has to look at POSTPEER_API_KEY."),
        _TRY_AGAIN,
    ),
    "boards_busy": _Wording(
        _("The boards of %(account)s are being read."), _("It takes a moment longer than usual."), _LOOK_AGAIN
    ),
}

# What became of a pin on a platform. The platform's own words stand before these, in quotation marks.
_PUBLISHING: dict[str, _Wording] = {
    "publish_board": _Wording(
        _("The board can’t be used there any more."),
        _("Your text and picture are still here."),
        _("Choose another board"),
    ),
    "publish_media": _Wording(
        _("%(platform)s couldn’t use the picture or video."),
        _("Your text is still here. Give another file or address, and send it from there."),
        _("Replace the media"),
    ),
    "publish_duplicate": _Wording(
        _("%(platform)s has this already."),
        _("Change a few words and send it there again. What is out elsewhere stays as it is."),
        _("Change the text"),
    ),
    "publish_reconnect": _Wording(
        _("%(account)s has to be connected again."),
        _("Then it can be sent again from here, as it is."),
        _("Reconnect"),
    ),
    "publish_platform_failed": _Wording(
        _("%(platform)s didn’t take it."),
        _("Your text and picture are still here. Try once more, or change what it asks for."),
        _("Send again"),
    ),
    "publish_refused": _Wording(
        _("PostPeer refused it before it went anywhere."),
        _("Your text and picture are still here. Change what it names, and send it from there."),
        _("Change it"),
    ),
    "publish_out_of_credits": _Wording(
        _("The PostPeer project is out of credits, so it did not go out."),
        _("Top up at PostPeer, then send it again. It costs nothing until it is out."),
        _("Send again"),
    ),
    "publish_not_allowed": _Wording(
        _("PostPeer doesn’t allow this, so it did not go out."),
        _("Whoever runs the dashboard can see at PostPeer what the plan includes."),
        _("Send again"),
    ),
    "publish_absent": _Wording(
        _("It did not arrive."),
        _("We have read PostPeer’s whole list and it isn’t there, so it is safe to send it again."),
        _("Send again"),
    ),
    "publish_too_late": _Wording(
        _("Its time passed before it could leave."),
        _("We don’t send anything this late unasked. It goes out at once when you say so."),
        _("Send now"),
    ),
    "publish_account_disconnected": _Wording(
        _("%(account)s was disconnected before it could leave."),
        _("Your text and picture are still here. Send them from another account, or connect this one again."),
        _("Choose another account"),
    ),
    "publish_unclear": _Wording(
        _("The connection broke after it had been handed over, so it may be out or not."),
        _("We look again at %(time)s. Until then nothing is sent again."),
    ),
    "publish_unclear_answer": _Wording(
        _("PostPeer’s answer didn’t say whether it was taken, so it may be out or not."),
        _("We look again at %(time)s. Until then nothing is sent again."),
    ),
    "publish_lease_ended": _Wording(
        _("The worker that was sending it stopped in the middle, so it may be out or not."),
        _("We look again at %(time)s. Until then nothing is sent again."),
    ),
    "publish_refused_unread": _Wording(
        _("PostPeer refused it, but its list couldn’t be read to make sure that it isn’t out."),
        _("We look again at %(time)s. Until then nothing is sent again."),
    ),
    "publish_person_absent": _Wording(
        _("You say that it isn’t there."),
        _("We read PostPeer’s list once more at %(time)s, and send it again when it has nothing like it."),
    ),
    "publish_candidates": _Wording(
        _("PostPeer lists a post much like it, and we can’t tell whether it is this one."),
        _("Look at %(platform)s yourself, then tell us what you see. Until then nothing is sent again."),
    ),
    "publish_awaited": _Wording(
        _("We wait for it to show up in PostPeer’s list, until %(until)s."),
        _("If it isn’t there by then, it was not taken, and you can send it again."),
    ),
    "publish_awaited_long": _Wording(
        _("We wait until PostPeer’s list has been read to the end twice, some minutes apart."),
        _("If it isn’t there, it was not taken, and you can send it again."),
    ),
    "publish_record_gone": _Wording(
        _("PostPeer has no record of it any more, so we can’t see what became of it."),
        _("Look at %(platform)s yourself. Nothing is sent again by itself."),
    ),
    "publish_overdue": _Wording(
        _("This should have gone out at %(time)s."),
        _("PostPeer still calls it scheduled. We keep asking."),
        _("See what we know"),
    ),
}

# Why nothing is sent at all.
_HELD: dict[str, _Wording] = {
    "held_key_rejected": _Wording(
        _("PostPeer refuses this dashboard’s key, so nothing is sent."),
        _("What waits stays in line. Whoever runs the dashboard has to look at POSTPEER_API_KEY."),
        _("See why"),
    ),
    "held_key_changed": _Wording(
        _("The dashboard has another PostPeer key than before, so nothing is sent."),
        _(
            "It goes on by itself once our profiles are found under it. Whoever runs the dashboard can see what is missing."
        ),
        _("See why"),
    ),
    "held_unknown_posts": _Wording(
        _("PostPeer has posts that nothing here explains, so nothing is sent."),
        _("They may have been made before a backup was put back, or elsewhere. Somebody has to look at them."),
        _("Look at them"),
    ),
}

# What is scheduled and will fail, before its time comes.
_AHEAD: dict[str, _Wording] = {
    "ahead_reconnect": _Wording(
        _("%(account)s has to be connected again."), _("Without that it fails on %(platform)s."), _RECONNECT
    ),
    "ahead_disconnected": _Wording(
        _("%(account)s was disconnected, so it will fail on %(platform)s."),
        _("Cancel it, and use it for a new pin."),
    ),
    "ahead_board": _Wording(
        _("The board %(board)s is gone from Pinterest, so it will fail there."),
        _("Choose another board before its time."),
    ),
    "ahead_credits": _Wording(
        _("PostPeer’s credits were used up when they were last read, %(when)s."),
        _("Unless they are topped up, it will not go out."),
    ),
}

# Approval.
_REVIEW: dict[str, _Wording] = {
    "review_over": _Wording(
        _("This pin no longer waits for approval."),
        _("Somebody was faster, or its author has taken it back. Nothing was changed."),
    ),
    "review_changed": _Wording(
        _("This pin was changed while you looked at it."),
        _("Here is what it is now. Look again, then approve it. Nothing was sent."),
    ),
    "review_late": _Wording(
        _("The time it was meant for has passed."), _("Publish it at once, or send it back for another time.")
    ),
    "review_account": _Wording(
        _("%(account)s has to be connected again before anything can go there."), _("Nothing was sent.")
    ),
    "review_board": _Wording(
        _("The board of %(account)s it was meant for is gone from Pinterest."),
        _("Choose another one, or send the pin back. Nothing was sent."),
    ),
}

# Changing what waits for its time.
_EDITING: dict[str, _Wording] = {
    "edit_over": _Wording(
        _("This pin doesn’t wait for a time any more, so it can’t be changed."),
        _("Use it for a new pin to send it in other words. Nothing was changed."),
    ),
    "edit_near": _Wording(
        _("It goes out in less than two minutes, so it can’t be changed any more."),
        _("PostPeer may have begun already. Nothing was changed."),
    ),
    "edit_soon": _Wording(
        _("The new time is less than two minutes away."), _("Choose a later one. Nothing was changed.")
    ),
    "edit_sending": _Wording(
        _("It is on its way to PostPeer at this moment."),
        _("It can be changed as soon as PostPeer has it. Nothing was changed."),
    ),
    "edit_unconfirmed": _Wording(
        _("Nobody can know yet whether PostPeer has it."),
        _("It can be changed when that is cleared up. Nothing was changed."),
    ),
    "edit_cancelling": _Wording(_("It is being cancelled."), _("Nothing was changed.")),
    "edit_under_way": _Wording(
        _("A change of it is under way already."),
        _("Wait until PostPeer’s record shows that one, then change it again. Nothing was changed."),
    ),
    "edit_changed": _Wording(
        _("Somebody changed this pin while you had it open."),
        _("Here is what you typed. Press “Save changes” again, and it takes the place of theirs."),
    ),
    "retry_under_change": _Wording(
        _("A change of this pin is under way at PostPeer."),
        _("Send it again when that is settled, so that all of it goes out alike. Nothing was sent."),
    ),
    "edit_account": _Wording(
        _("An account of this pin is no longer connected here, so the pin can’t be changed."),
        _("Nothing was changed. You can cancel it, or connect the account again."),
    ),
}

# People: invitations and members.
_PEOPLE: dict[str, _Wording] = {
    "invite_unknown": _Wording(
        _("This link leads nowhere."),
        _("No invitation was made with it, or a newer one has taken its place. Open the newest one you were given."),
    ),
    "invite_used": _Wording(
        _("This invitation was used already."),
        _("It works once. If that was you, sign in and the team is there."),
        _("Sign in"),
    ),
    "invite_revoked": _Wording(
        _("This invitation was taken back."),
        _("Ask whoever invited you whether a new one shall be sent."),
    ),
    "invite_expired": _Wording(
        _("This invitation has expired."),
        _("It was good for seven days. Ask whoever invited you to send it again."),
    ),
    "invite_other_address": _Wording(
        _("This invitation is for another address."),
        _("It was sent to %(email)s, and you are signed in as %(own)s. Sign out, and open the link again."),
        _("Sign out"),
    ),
    "invite_has_account": _Wording(
        _("There is an account for this address already."),
        _("Somebody has made it meanwhile. Sign in, and the invitation is waiting for you."),
        _("Sign in"),
    ),
    "invite_member": _Wording(_("This person is in the team already."), _("Change their role on the members’ page.")),
    "invite_too_many": _Wording(
        _("This team has sent many invitations within the hour."), _("Wait a while, then go on. Nothing was sent.")
    ),
    "accept_too_many": _Wording(
        _("Too many tries came from your network."), _("Wait ten minutes, then open the link again. It is still good.")
    ),
    "email_link_unknown": _Wording(
        _("This link leads nowhere any more."),
        _("It works once, for a day, and not after your password was changed. Nothing was changed; ask for a new one."),
    ),
    "email_link_other": _Wording(
        _("This link is for another account."),
        _("You are signed in as %(own)s. Sign out, sign in as whoever asked for it, and open the link again."),
    ),
    "email_taken": _Wording(
        _("Somebody here has this address already."),
        _("They have taken it since the link was sent. Your address stays as it is."),
    ),
    "email_too_many": _Wording(
        _("Too many of these mails were asked for."), _("Wait an hour, then go on. Nothing was sent.")
    ),
    "invite_over": _Wording(_("This invitation is no longer pending."), _("Nothing was changed.")),
    "last_owner": _Wording(
        _("A team needs an owner."),
        _("Nobody else owns it. Make another member an owner first; nothing was changed."),
    ),
    "member_gone": _Wording(_("This person is no longer in the team."), _("Nothing was changed.")),
}

WORDINGS: dict[str, _Wording] = {
    **_POSTPEER,
    **_CONNECTING,
    **_ACCOUNTS,
    **_BOARDS,
    **_PUBLISHING,
    **_HELD,
    **_AHEAD,
    **_REVIEW,
    **_EDITING,
    **_PEOPLE,
}

_HAS_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")


def explain(kind: str, **facts: object) -> Sentence:
    """The sentence for a kind, with its facts filled in; an unknown kind reads as an answer that can't be used.

    Facts a sentence doesn't use are ignored; one it needs and doesn't get raises KeyError.
    """
    wording = WORDINGS.get(kind) or WORDINGS["postpeer_error"]
    filled = {name: _isolate(str(value)) for name, value in facts.items()}
    return Sentence(
        kind,
        _fill(wording.title, filled),
        _fill(wording.text, filled),
        _fill(wording.action, filled),
    )


def _fill(text: Text, facts: Mapping[str, str]) -> str:
    return str(text) % facts


def _isolate(fact: str) -> str:
    """A name written from right to left is set apart (FSI and PDI), so that it doesn't turn the sentence around it."""
    return f"\u2068{fact}\u2069" if _HAS_RTL.search(fact) else fact
