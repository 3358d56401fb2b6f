"""What the console prints once the dashboard serves."""

import os

from django.conf import settings
from django.urls import reverse

from postpeer_dash.teams.services import needs_setup, renew_setup_token


def greet_sandbox() -> str:
    """Return the address, the demo's people and how to sign in."""
    from postpeer_dash.demo.cast import people

    owner, *others = people()
    lines = [
        "",
        f"PostPeer Dash is at   {settings.SITE_URL}",
        f"Sign in as            {owner.email} ({owner.role})",
        f"with the password     {owner.password}",
        "or, with the same,    " + f"\n{' ' * 22}".join(f"{person.email} ({person.role})" for person in others),
        "",
        f"Rules of time zones   {settings.ZONE_DATA.name}",
        f"A sandbox stands in for PostPeer: {settings.POSTPEER_BASE_URL}/control shows it. Nothing leaves this machine.",
        *([f"({settings.NO_KEY_BECAUSE}.)"] if settings.NO_KEY_BECAUSE else []),
    ]
    if os.environ.get("POSTPEER_BASE_URL", "").strip():
        lines.append("POSTPEER_BASE_URL is set, and isn't used: that takes a POSTPEER_API_KEY as well.")
    return "\n".join(lines)


def greet_live() -> str:
    """Return the address, and the link to begin with while nobody has signed up."""
    lines = [
        "",
        f"PostPeer Dash is at   {settings.SITE_URL}",
        f"It publishes through  {settings.POSTPEER_BASE_URL}",
        f"Rules of time zones   {settings.ZONE_DATA.name}",
    ]
    link = make_setup_link()
    if link:
        lines += ["", f"Nobody has signed up yet. Begin at   {link}"]
    return "\n".join(lines)


def make_setup_link() -> str | None:
    """Return a fresh link to /setup/ while no user exists; earlier links stop working."""
    if not needs_setup():
        return None
    return f"{settings.SITE_URL}{reverse('teams:setup')}?token={renew_setup_token()}"
