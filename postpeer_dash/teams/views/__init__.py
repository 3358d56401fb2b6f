"""The pages of people and teams, by what they are about."""

from postpeer_dash.teams.views.audit import audit, audit_csv
from postpeer_dash.teams.views.invitations import invitation, invite, resend, revoke
from postpeer_dash.teams.views.members import leave, member, members, remove
from postpeer_dash.teams.views.people import PersonRequest, me, notifications, set_theme, set_time_zone, setup
from postpeer_dash.teams.views.second_factor import set_requirement

__all__ = [
    "PersonRequest",
    "audit",
    "audit_csv",
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
    "set_requirement",
    "set_theme",
    "set_time_zone",
    "setup",
]
