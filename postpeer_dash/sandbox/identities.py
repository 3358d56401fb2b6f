"""The made-up people and shops that the consent page offers, and their boards."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """A person or shop on a platform. `user_id` never changes, so reconnecting finds the same account."""

    platform: str
    user_id: str
    username: str
    display_name: str
    picture: str
    says: str
    boards: str = ""

    @property
    def profile_url(self) -> str:
        """Return where the platform would show them; the domain is reserved and leads nowhere."""
        return f"https://{self.platform}.example/{self.username}"


IDENTITIES = (
    Identity("pinterest", "703124598812340011", "ateliernordlicht", "Atelier Nordlicht", "snow", "38 boards", "some"),
    Identity("pinterest", "703124598812340022", "kornhauskueche", "Kornhaus Küche", "tomatoes", "240 boards", "many"),
    Identity("pinterest", "703124598812340033", "studio.leer", "Studio Leer", "linen", "no boards yet", "none"),
    Identity("linkedin", "urn:li:organization:90017701", "nordlicht-studio", "Nordlicht Studio GmbH", "arch", "a page"),
    Identity("linkedin", "urn:li:person:Xk7sandbox2", "mira-okafor", "Mira Okafor", "dusk", "a person"),
    Identity("bluesky", "did:plc:sandbox000000000000001", "nordlicht.example", "Nordlicht", "hills", "a profile"),
    Identity("instagram", "17841400000000001", "nordlicht.example", "Nordlicht", "sea", "a business account"),
    Identity("facebook", "100000000000001", "nordlicht.example", "Nordlicht", "dunes", "a page"),
    Identity("threads", "17841400000000002", "nordlicht.example", "Nordlicht", "leaves", "a profile"),
    Identity("twitter", "1500000000000000001", "nordlicht_ex", "Nordlicht", "forest", "a profile"),
    Identity("youtube", "UCsandbox0000000000000001", "nordlicht", "Nordlicht", "coffee", "a channel"),
    Identity("tiktok", "sandbox-open-id-0001", "nordlicht", "Nordlicht", "citrus", "a profile"),
    Identity("googlebusiness", "accounts/1/locations/1", "nordlicht", "Nordlicht", "vase", "a location"),
)

# name, privacy, description
SOME_BOARDS: tuple[tuple[str, str, str | None], ...] = (
    ("Winter away", "PUBLIC", "Cabins, snow and a good fire."),
    ("Quiet kitchens", "PUBLIC", "Wood, linen and daylight."),
    ("Ceramics", "PUBLIC", "Bowls, vases and everything that came out of the kiln."),
    ("Botanical prints", "PUBLIC", None),
    ("Rugs and weaving", "PUBLIC", "Patterns from the loom."),
    ("Slow breakfasts", "PUBLIC", "Sunday, mostly."),
    ("Balcony gardens", "PUBLIC", None),
    ("Small bathrooms", "PUBLIC", "Under four square metres."),
    ("Light and lamps", "PUBLIC", None),
    ("Desks by the window", "PUBLIC", None),
    ("Shop: new arrivals", "PUBLIC", "What came in this month."),
    ("Shop: spring drafts", "SECRET", "Not before March."),
    ("Press pictures", "PROTECTED", "For journalists; ask before use."),
    ("Team only: mood for autumn", "SECRET", None),
    ("Wedding tables", "PUBLIC", None),
    ("Packing lists", "PUBLIC", "Printable, one page each."),
    ("Colour: ochre", "PUBLIC", None),
    ("Colour: damson", "PUBLIC", None),
    ("Cafés & corners", "PUBLIC", "Places with one good chair."),
    ("Straße, Tür, Fenster", "PUBLIC", "Türen aus aller Welt."),
    ("Årstider", "PUBLIC", None),
    ("Ça sent l’été", "PUBLIC", None),
    ("🌿 Green things", "PUBLIC", "🌱🌿🍃"),
    ("Cosy 🧶☕️ evenings", "PUBLIC", None),
    ("👩🏽‍🍳 Family recipes 👨‍👩‍👧‍👦", "PROTECTED", None),
    ("ديكور المنزل", "PUBLIC", "أفكار هادئة للبيت"),
    ("خزف (2026)", "SECRET", None),
    ("עיצוב הבית", "PUBLIC", "רעיונות לסלון"),
    ("和の暮らし", "PUBLIC", "静かな部屋と器"),
    ("うつわ", "PUBLIC", None),
    ("北欧インテリア", "PUBLIC", None),
    ("Дом и сад", "PUBLIC", None),
    ("<script>alert('board')</script>", "PUBLIC", '<b>Not bold</b> & not "quoted"'),
    ("O'Brien's \"best of\" & more", "PUBLIC", None),
    (
        "Everything we would put into a very small house by the sea if somebody gave us the key, one long winter and "
        "a boat to carry it all across before the ice comes back to the bay",
        "PUBLIC",
        "A name as long as the platform lets it be.",
    ),
    ("Donaudampfschifffahrtsgesellschaftskapitänskajütenvorhangstoffmusterbuchsammlung", "PUBLIC", None),
    ("Ideas", "PUBLIC", None),
    ("ideas", "SECRET", "The same name in small letters."),
)
COURSES = (
    "Soups", "Salads", "Breads", "Stews", "Pasta", "Dumplings", "Cakes", "Tarts", "Biscuits", "Preserves", "Pickles",
    "Drinks", "Sauces", "Breakfast", "Lunchboxes",
)  # fmt: skip
SEASONS = (
    "for spring", "for summer", "for autumn", "for winter", "in ten minutes", "for two", "for a crowd", "without meat",
    "without an oven", "from the pantry", "with children", "for Sunday", "from the North", "from the South", "to freeze",
    "to give away",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Board:
    """A board of an account; its id is a text of digits, too long for a number."""

    id: str
    name: str
    privacy: str
    description: str | None


def find_identity(platform: str, user_id: str) -> Identity | None:
    """Return the made-up identity with this id, or None."""
    return next((one for one in IDENTITIES if (one.platform, one.user_id) == (platform, user_id)), None)


def boards_of(identity: Identity) -> list[Board]:
    """Return the boards an identity has at first, always with the same ids."""
    if identity.boards == "some":
        named = list(SOME_BOARDS)
    elif identity.boards == "many":
        named = [(f"{course} {season}", "PUBLIC", None) for course in COURSES for season in SEASONS]
    elif identity.boards == "new":
        named = [("First ideas", "PUBLIC", None), ("Saved for later", "SECRET", None), ("Home", "PUBLIC", None)]
    else:
        named = []
    return [
        Board(board_id(identity.user_id, position), name, privacy, description)
        for position, (name, privacy, description) in enumerate(named)
    ]


def board_id(owner: str, position: int) -> str:
    """Return a believable id: 18 or 19 digits that don't begin with a zero."""
    number = int.from_bytes(hashlib.sha256(f"{owner}/{position}".encode()).digest()[:8])
    digits = 18 + number % 2
    return str(10 ** (digits - 1) + number % (9 * 10 ** (digits - 1)))
