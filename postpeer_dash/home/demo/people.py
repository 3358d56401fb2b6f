"""Who can be tried in the demo."""

from dataclasses import dataclass

# No secret: it opens made-up accounts of a sandbox on this machine, and the console prints it.
PASSWORD = "long evenings by the lamp"  # noqa: S105  # nosec B105


@dataclass(frozen=True, slots=True)
class Person:
    """One of the demo's people, with what signs them in."""

    name: str
    email: str
    role: str
    password: str = PASSWORD


def people() -> tuple[Person, ...]:
    """The demo team's people, the owner first."""
    return (
        Person("Mira Okafor", "mira@nordlicht.example", "owner"),
        Person("Lena Brandt", "lena@nordlicht.example", "admin"),
        Person("Ewa Nowak", "ewa@nordlicht.example", "editor"),
        Person("Jonas Weiß", "jonas@nordlicht.example", "contributor"),
        Person("Sami Haddad", "sami@nordlicht.example", "viewer"),
    )
