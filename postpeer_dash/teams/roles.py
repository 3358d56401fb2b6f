"""The order of the roles: nobody gives a role above their own, nor changes somebody above them."""

from postpeer_dash.teams.models import Role

# From the one that may least to the one that may most.
ORDER: tuple[Role, ...] = (Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.ADMIN, Role.OWNER)


def rank(role: str) -> int:
    """Return a role's place in the order, higher for more rights; -1 for an unknown role, which has none."""
    return ORDER.index(Role(role)) if role in Role.values else -1


def roles_up_to(role: str) -> list[Role]:
    """Return the roles that somebody with this one may give."""
    return [other for other in ORDER if rank(other) <= rank(role)]


def is_within(role: str, limit: str) -> bool:
    """Return whether a role isn't above another."""
    return rank(role) <= rank(limit)
