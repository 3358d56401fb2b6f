"""The people who can be tried in the demo."""

from dataclasses import dataclass
from datetime import timedelta

# No secret: it opens made-up accounts of a sandbox on this machine, and the console prints it.
PASSWORD = "long evenings by the lamp"  # noqa: S105  # nosec B105


@dataclass(frozen=True, slots=True)
class Person:
    """One of the demo's people: how they sign in, when they joined the team, and when they were last seen there."""

    name: str
    email: str
    role: str
    joined: timedelta
    seen: timedelta
    password: str = PASSWORD

    @property
    def key(self) -> str:
        """Return the name that the story uses."""
        return self.email.partition("@")[0]


def people() -> tuple[Person, ...]:
    """Return the demo team's people, the owner first.

    All joined before their first pin, and were last seen when they touched their last one.
    """
    return (
        Person("Mira Okafor", "mira@nordlicht.example", "owner", timedelta(days=64), timedelta(minutes=34)),
        Person("Lena Brandt", "lena@nordlicht.example", "admin", timedelta(days=61), timedelta(hours=19)),
        Person("Ewa Nowak", "ewa@nordlicht.example", "editor", timedelta(days=50), timedelta(minutes=3)),
        Person("Jonas Weiß", "jonas@nordlicht.example", "contributor", timedelta(days=43), timedelta(minutes=91)),
        Person("Sami Haddad", "sami@nordlicht.example", "viewer", timedelta(days=9), timedelta(days=2)),
    )
