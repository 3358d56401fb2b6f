"""Who can be tried in the demo."""

from dataclasses import dataclass
from datetime import timedelta

# No secret: it opens made-up accounts of a sandbox on this machine, and the console prints it.
PASSWORD = "long evenings by the lamp"  # noqa: S105  # nosec B105


@dataclass(frozen=True, slots=True)
class Person:
    """One of the demo's people, with what signs them in, and when they joined the team and were seen there last."""

    name: str
    email: str
    role: str
    joined: timedelta
    seen: timedelta
    password: str = PASSWORD

    @property
    def key(self) -> str:
        """What the story calls them."""
        return self.email.partition("@")[0]


def people() -> tuple[Person, ...]:
    """The demo team's people, the owner first, who made the team: all of them before their first pin, and seen when
    they touched their last one."""
    return (
        Person("Mira Okafor", "mira@nordlicht.example", "owner", timedelta(days=64), timedelta(minutes=34)),
        Person("Lena Brandt", "lena@nordlicht.example", "admin", timedelta(days=61), timedelta(hours=19)),
        Person("Ewa Nowak", "ewa@nordlicht.example", "editor", timedelta(days=50), timedelta(minutes=3)),
        Person("Jonas Weiß", "jonas@nordlicht.example", "contributor", timedelta(days=43), timedelta(minutes=91)),
        Person("Sami Haddad", "sami@nordlicht.example", "viewer", timedelta(days=9), timedelta(days=2)),
    )
