"""The demo's teams, accounts and boards, with ids as PostPeer and Pinterest would give them."""

from dataclasses import dataclass

TEAM, CLIENT = "Atelier Nordlicht", "Hafen & Garn"


@dataclass(frozen=True, slots=True)
class Place:
    """A connected account. `boards` are names with a privacy, in the platform's order."""

    team: str
    remote_id: str
    platform: str
    user_id: str
    username: str
    name: str
    picture: str
    boards: tuple[tuple[str, str], ...] = ()
    reason: str = ""  # why it needs reconnecting


PROFILES = {TEAM: "66f0a1c2d3e4b5a697880011", CLIENT: "66f0a1c2d3e4b5a697880022"}
PUBLIC, SECRET, PROTECTED = "PUBLIC", "SECRET", "PROTECTED"
PLACES = (
    Place(
        TEAM,
        "66f0b1a0c2d3e4f506172801",
        "pinterest",
        "703124598812340011",
        "ateliernordlicht",
        "Atelier Nordlicht",
        "snow",
        (
            ("Places we would move to", PUBLIC),
            ("Winter away", PUBLIC),
            ("Quiet corners", PUBLIC),
            ("Washed linen", PUBLIC),
            ("Rugs, runners and everything soft underfoot in a flat with floorboards", PUBLIC),
            ("🌿 Balcony & windowsill 🪴", PUBLIC),
            ("🕯️ Cosy, but make it December ✨", PUBLIC),
            ("Walls", PUBLIC),
            ("Colour", PUBLIC),
            ("Outdoors with small people", PUBLIC),
            ("חופים וימים ארוכים", PUBLIC),
            ("وصفات رمضان", PUBLIC),
            ("Shop: new arrivals", PUBLIC),
            ("Press pictures", PROTECTED),
            ("Shop: spring, not before March", SECRET),
            ("静かな部屋", PUBLIC),
        ),
    ),
    Place(
        TEAM,
        "66f0b1a0c2d3e4f506172802",
        "pinterest",
        "703124598812340022",
        "kornhauskueche",
        "Kornhaus Küche",
        "tomatoes",
        (
            ("Slow Sunday recipes for people who would rather be outside", PUBLIC),
            ("Soups & stews", PUBLIC),
            ("Bread", PUBLIC),
            ("Breakfast for two", PUBLIC),
            ("Winter fruit 🍊", PUBLIC),
            ("Pickles and preserves", PUBLIC),
            ("Menu of the month", SECRET),
        ),
        reason="access_revoked",
    ),
    Place(
        TEAM,
        "66f0b1a0c2d3e4f506172803",
        "linkedin",
        "urn:li:organization:90017701",
        "nordlicht-studio",
        "Nordlicht Studio GmbH",
        "arch",
    ),
    Place(
        CLIENT,
        "66f0b1a0c2d3e4f506172804",
        "pinterest",
        "703124598812340077",
        "hafenundgarn",
        "Hafen & Garn",
        "sea",
        (("Knitted by the sea", PUBLIC), ("Harbour colours", PUBLIC), ("Patterns to print", PROTECTED)),
    ),
)
