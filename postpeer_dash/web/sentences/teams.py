"""Wording about people: invitations, members, e-mail addresses."""

from django.utils.translation import gettext_lazy as _

from postpeer_dash.web.sentences.wording import Wording

PEOPLE: dict[str, Wording] = {
    "invite_unknown": Wording(
        _("This link leads nowhere."),
        _("No invitation was made with it, or a newer one has taken its place. Open the newest one you were given."),
    ),
    "invite_used": Wording(
        _("This invitation was used already."),
        _("It works once. If that was you, sign in and the team is there."),
        _("Sign in"),
    ),
    "invite_revoked": Wording(
        _("This invitation was taken back."),
        _("Ask whoever invited you whether a new one shall be sent."),
    ),
    "invite_expired": Wording(
        _("This invitation has expired."),
        _("It was good for seven days. Ask whoever invited you to send it again."),
    ),
    "invite_other_address": Wording(
        _("This invitation is for another address."),
        _("It was sent to %(email)s, and you are signed in as %(own)s. Sign out, and open the link again."),
        _("Sign out"),
    ),
    "invite_has_account": Wording(
        _("There is an account for this address already."),
        _("Somebody has made it meanwhile. Sign in, and the invitation is waiting for you."),
        _("Sign in"),
    ),
    "invite_member": Wording(_("This person is in the team already."), _("Change their role on the members’ page.")),
    "invite_too_many": Wording(
        _("This team has sent many invitations within the hour."), _("Wait a while, then go on. Nothing was sent.")
    ),
    "accept_too_many": Wording(
        _("Too many tries came from your network."), _("Wait ten minutes, then open the link again. It is still good.")
    ),
    "email_link_unknown": Wording(
        _("This link leads nowhere any more."),
        _("It works once, for a day, and not after your password was changed. Nothing was changed; ask for a new one."),
    ),
    "email_link_other": Wording(
        _("This link is for another account."),
        _("You are signed in as %(own)s. Sign out, sign in as whoever asked for it, and open the link again."),
    ),
    "email_taken": Wording(
        _("Somebody here has this address already."),
        _("They have taken it since the link was sent. Your address stays as it is."),
    ),
    "email_too_many": Wording(
        _("Too many of these mails were asked for."), _("Wait an hour, then go on. Nothing was sent.")
    ),
    "invite_over": Wording(_("This invitation is no longer pending."), _("Nothing was changed.")),
    "mail_refused": Wording(
        _("The mail to %(email)s was refused, and isn’t tried again."),
        _("The mail server said: %(answer)s"),
    ),
    "mail_refused_silent": Wording(
        _("No mail can be sent to %(email)s."), _("The address isn’t one that a mail can have.")
    ),
    "mail_given_up": Wording(
        _("The mail to %(email)s didn’t arrive, and isn’t tried again after a day of trying."),
        _("The mail server said: %(answer)s"),
    ),
    "mail_given_up_silent": Wording(
        _("The mail to %(email)s didn’t arrive, and isn’t tried again after a day of trying."),
        _("The mail server couldn’t be reached."),
    ),
    "mail_later": Wording(
        _("The mail to %(email)s isn’t delivered yet. It is tried again %(time)s."),
        _("The mail server said: %(answer)s"),
    ),
    "mail_later_silent": Wording(
        _("The mail to %(email)s isn’t delivered yet. It is tried again %(time)s."),
        _("The mail server couldn’t be reached."),
    ),
    "last_owner": Wording(
        _("A team needs an owner."),
        _("Nobody else owns it. Make another member an owner first; nothing was changed."),
    ),
    "member_gone": Wording(_("This person is no longer in the team."), _("Nothing was changed.")),
}
