"""The pages of people and teams, by what they are about."""

from postpeer_dash.teams.views.audit import audit, audit_csv
from postpeer_dash.teams.views.email_change import confirm_email, email
from postpeer_dash.teams.views.invitations import hand_over, invitation, invite, resend, revoke
from postpeer_dash.teams.views.members import leave, member, members, remove
from postpeer_dash.teams.views.profile import PersonRequest, me, notifications, set_theme, set_time_zone, setup
from postpeer_dash.teams.views.second_factor import set_requirement
from postpeer_dash.teams.views.sessions import sessions

__all__ = [
    "PersonRequest",
    "audit",
    "audit_csv",
    "confirm_email",
    "email",
    "hand_over",
    "invitation",
    "invite",
    "leave",
    "me",
    "member",
    "members",
    "notifications",
    "remove",
    "resend",
    "revoke",
    "sessions",
    "set_requirement",
    "set_theme",
    "set_time_zone",
    "setup",
]
