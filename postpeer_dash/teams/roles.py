"""The order of the roles: nobody gives a role above their own, nor touches somebody above them."""

from postpeer_dash.teams.models import Role

# From the one that may least to the one that may most.
ORDER: tuple[Role, ...] = (Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.ADMIN, Role.OWNER)


def rank(role: str) -> int:
    """Higher may more; an unknown role may nothing."""
    return ORDER.index(Role(role)) if role in Role.values else -1


def roles_up_to(role: str) -> list[Role]:
    """The roles that somebody with this one may give."""
    return [other for other in ORDER if rank(other) <= rank(role)]


def is_within(role: str, limit: str) -> bool:
    """Whether a role isn't above another."""
    return rank(role) <= rank(limit)
