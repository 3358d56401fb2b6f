"""Wording about pins: approving, changing and sending them, and what became of them."""

from django.utils.translation import gettext_lazy as _

from postpeer_dash.web.sentences.wording import RECONNECT, Wording

# What became of a pin on a platform. The platform's own words stand before these, in quotation marks.
PUBLISHING: dict[str, Wording] = {
    "publish_board": Wording(
        _("The board can’t be used there any more."),
        _("Your text and picture are still here."),
        _("Choose another board"),
    ),
    "publish_media": Wording(
        _("%(platform)s couldn’t use the picture or video."),
        _("Your text is still here. Give another file or address, and send it from there."),
        _("Replace the media"),
    ),
    "publish_duplicate": Wording(
        _("%(platform)s has this already."),
        _("Change a few words and send it there again. What is out elsewhere stays as it is."),
        _("Change the text"),
    ),
    "publish_reconnect": Wording(
        _("%(account)s has to be connected again."),
        _("Then it can be sent again from here, as it is."),
        RECONNECT,
    ),
    "publish_platform_failed": Wording(
        _("%(platform)s didn’t take it."),
        _("Your text and picture are still here. Try once more, or change what it asks for."),
        _("Send again"),
    ),
    "publish_refused": Wording(
        _("PostPeer refused it before it went anywhere."),
        _("Your text and picture are still here. Change what it names, and send it from there."),
        _("Change it"),
    ),
    "publish_out_of_credits": Wording(
        _("The PostPeer project is out of credits, so it did not go out."),
        _("Top up at PostPeer, then send it again. It costs nothing until it is out."),
        _("Send again"),
    ),
    "publish_not_allowed": Wording(
        _("PostPeer doesn’t allow this, so it did not go out."),
        _("Whoever runs the dashboard can see at PostPeer what the plan includes."),
        _("Send again"),
    ),
    "publish_absent": Wording(
        _("It did not arrive."),
        _("We have read PostPeer’s whole list and it isn’t there, so it is safe to send it again."),
        _("Send again"),
    ),
    "publish_too_late": Wording(
        _("Its time passed before it could leave."),
        _("We don’t send anything this late unasked. It goes out at once when you say so."),
        _("Send now"),
    ),
    "publish_account_disconnected": Wording(
        _("%(account)s was disconnected before it could leave."),
        _("Your text and picture are still here. Send them from another account, or connect this one again."),
        _("Choose another account"),
    ),
    "publish_unclear": Wording(
        _("The connection broke after it had been handed over, so it may be out or not."),
        _("We look again at %(time)s. Until then nothing is sent again."),
    ),
    "publish_unclear_answer": Wording(
        _("PostPeer’s answer didn’t say whether it was taken, so it may be out or not."),
        _("We look again at %(time)s. Until then nothing is sent again."),
    ),
    "publish_lease_ended": Wording(
        _("The worker that was sending it stopped in the middle, so it may be out or not."),
        _("We look again at %(time)s. Until then nothing is sent again."),
    ),
    "publish_refused_unread": Wording(
        _("PostPeer refused it, but its list couldn’t be read to make sure that it isn’t out."),
        _("We look again at %(time)s. Until then nothing is sent again."),
    ),
    "publish_person_absent": Wording(
        _("You say that it isn’t there."),
        _("We read PostPeer’s list once more at %(time)s, and send it again when it has nothing like it."),
    ),
    "publish_candidates": Wording(
        _("PostPeer lists a post much like it, and we can’t tell whether it is this one."),
        _("Look at %(platform)s yourself, then tell us what you see. Until then nothing is sent again."),
    ),
    "publish_named_again": Wording(
        _("PostPeer took it, and answered with the number of a post that another pin has already."),
        _("Look at %(platform)s whether it is out, then tell us what you see. Until then nothing is sent again."),
    ),
    "publish_awaited": Wording(
        _("We wait for it to show up in PostPeer’s list, until %(until)s."),
        _("If it isn’t there by then, it was not taken, and you can send it again."),
    ),
    "publish_awaited_long": Wording(
        _("We wait until PostPeer’s list has been read to the end twice, some minutes apart."),
        _("If it isn’t there, it was not taken, and you can send it again."),
    ),
    "publish_record_gone": Wording(
        _("PostPeer has no record of it any more, so we can’t see what became of it."),
        _("Look at %(platform)s yourself. Nothing is sent again by itself."),
    ),
    "publish_overdue": Wording(
        _("This should have gone out at %(time)s."),
        _("PostPeer still calls it scheduled. We keep asking."),
        _("See what we know"),
    ),
}

# What is scheduled and will fail, before its time comes.
AHEAD: dict[str, Wording] = {
    "ahead_reconnect": Wording(
        _("%(account)s has to be connected again."), _("Without that it fails on %(platform)s."), RECONNECT
    ),
    "ahead_disconnected": Wording(
        _("%(account)s was disconnected, so it will fail on %(platform)s."),
        _("Cancel it, and use it for a new pin."),
    ),
    "ahead_board": Wording(
        _("The board %(board)s is gone from Pinterest, so it will fail there."),
        _("Choose another board before its time."),
    ),
    "ahead_credits": Wording(
        _("PostPeer’s credits were used up when they were last read, %(when)s."),
        _("Unless they are topped up, it will not go out."),
    ),
}

REVIEW: dict[str, Wording] = {
    "review_over": Wording(
        _("This pin no longer waits for approval."),
        _("Somebody was faster, or its author has taken it back. Nothing was changed."),
    ),
    "review_changed": Wording(
        _("This pin was changed while you looked at it."),
        _("Here is what it is now. Look again, then approve it. Nothing was sent."),
    ),
    "review_late": Wording(
        _("The time it was meant for has passed."), _("Publish it at once, or send it back for another time.")
    ),
    "review_account": Wording(
        _("%(account)s has to be connected again before anything can go there."), _("Nothing was sent.")
    ),
    "review_board": Wording(
        _("The board of %(account)s it was meant for is gone from Pinterest."),
        _("Choose another one, or send the pin back. Nothing was sent."),
    ),
}

# Changing what waits for its time.
EDITING: dict[str, Wording] = {
    "edit_over": Wording(
        _("This pin doesn’t wait for a time any more, so it can’t be changed."),
        _("Use it for a new pin to send it in other words. Nothing was changed."),
    ),
    "edit_near": Wording(
        _("It goes out in less than two minutes, so it can’t be changed any more."),
        _("PostPeer may have begun already. Nothing was changed."),
    ),
    "edit_soon": Wording(
        _("The new time is less than two minutes away."), _("Choose a later one. Nothing was changed.")
    ),
    "edit_sending": Wording(
        _("It is on its way to PostPeer at this moment."),
        _("It can be changed as soon as PostPeer has it. Nothing was changed."),
    ),
    "edit_unconfirmed": Wording(
        _("Nobody can know yet whether PostPeer has it."),
        _("It can be changed when that is cleared up. Nothing was changed."),
    ),
    "edit_cancelling": Wording(_("It is being cancelled."), _("Nothing was changed.")),
    "edit_under_way": Wording(
        _("A change of it is under way already."),
        _("Wait until PostPeer’s record shows that one, then change it again. Nothing was changed."),
    ),
    "edit_changed": Wording(
        _("Somebody changed this pin while you had it open."),
        _("Here is what you typed. Press “Save changes” again, and it takes the place of theirs."),
    ),
    "draft_changed": Wording(
        _("Somebody changed this pin while you had it open."),
        _("Nothing was saved or sent. Look at theirs, then press again, and yours takes its place."),
    ),
    "draft_changed_by_you": Wording(
        _("You changed this pin in another tab or window while you had it open here."),
        _("Nothing was saved or sent. Look at what is saved, then press again, and this takes its place."),
    ),
    "delete_changed": Wording(
        _("Somebody changed this pin while you looked at it."),
        _("Nothing was deleted. Look again, then decide."),
    ),
    "return_changed": Wording(
        _("This pin was changed while you looked at it."),
        _("Nothing was sent back. Look again; your note is kept. Press again, and it goes with the pin as it is now."),
    ),
    "retry_under_change": Wording(
        _("A change of this pin is under way at PostPeer."),
        _("Send it again when that is settled, so that all of it goes out alike. Nothing was sent."),
    ),
    "hour_skipped": Wording(
        _("The clock is put forward that night, so the hour that was chosen doesn’t exist."),
        _("Choose another one. Nothing was changed."),
    ),
    "hour_passed": Wording(
        _("The hour that was chosen has passed by now, or is too near."), _("Choose another one. Nothing was changed.")
    ),
    "edit_account": Wording(
        _("An account of this pin is no longer connected here, so the pin can’t be changed."),
        _("Nothing was changed. You can cancel it, or connect the account again."),
    ),
}
