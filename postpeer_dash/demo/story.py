"""The pins of the demo's teams: their texts, and when each goes out relative to now."""

from dataclasses import dataclass

MIRA, LENA, EWA, JONAS = "mira", "lena", "ewa", "jonas"


@dataclass(frozen=True, slots=True)
class Scene:
    """A pin of the story. `day` is relative to today and `clock` in Berlin; with `minutes`, relative to now instead."""

    picture: str
    title: str
    text: str
    board: str
    author: str = MIRA
    status: str = "published"
    day: int = 0
    clock: str = "12:00"
    minutes: int | None = None
    link: str = ""
    to_linkedin: bool = False
    linkedin: str = ""  # a status of its own there
    error: str = ""
    warning: str = ""
    was_scheduled: bool = False
    is_gone: bool = False  # the picture doesn't load any more
    review: str = ""
    time_zone: str = "Europe/Berlin"


PLACES, WINTER, CORNERS, LINEN = "Places we would move to", "Winter away", "Quiet corners", "Washed linen"
RUGS = "Rugs, runners and everything soft underfoot in a flat with floorboards"
BALCONY, COSY = "🌿 Balcony & windowsill 🪴", "🕯️ Cosy, but make it December ✨"
WALLS, COLOUR, OUTDOORS = "Walls", "Colour", "Outdoors with small people"
BEACHES, RAMADAN, SHOP = "חופים וימים ארוכים", "وصفات رمضان", "Shop: new arrivals"
SUNDAY, SOUPS, BREAD = "Slow Sunday recipes for people who would rather be outside", "Soups & stews", "Bread"
BREAKFAST, FRUIT, PICKLES = "Breakfast for two", "Winter fruit 🍊", "Pickles and preserves"
KNITTED, HARBOUR = "Knitted by the sea", "Harbour colours"

# What is in motion: a pin for each status, and what goes out next.
IN_MOTION = (
    Scene("rug", "Handwoven kilim, 160 × 240, natural dyes", "Woven in one piece over four months. Madder, indigo, walnut.", RUGS, EWA, "unconfirmed", minutes=-3, link="shop/kilim"),
    Scene("citrus", "Sicilian citrus, three ways", "Salted, candied, and cut thick for the oven.", FRUIT, MIRA, "failed", minutes=-250, error="Board not found.", link="journal/citrus"),
    Scene("snow", "Cabin weekend packing list (printable)", "Three days, one bag each. What we take to a cabin without electricity: wool, candles, a good knife, the big pot, cards, and nothing that needs charging.", WINTER, MIRA, "partial", minutes=-34, link="journal/cabin-packing-list?utm_source=pinterest", to_linkedin=True, linkedin="failed", error="Content is a duplicate of urn:li:share:7132849021", warning="Image is still processing."),
    Scene("dusk", "Candle hours: seven ideas for the darkest week", "Beeswax, tin lanterns, and one window left alone.", COSY, JONAS, "scheduled", minutes=108, link="journal/candle-hours"),
    Scene("coffee", "وصفة القهوة بالهيل كما تعدّها جدتي", "قهوة وهيل وصبر، ولا شيء آخر.", RAMADAN, EWA, "scheduled", minutes=258),
    Scene("bowls", "Carrot and orange soup with brown butter", "Ready in half an hour, better the day after.", SOUPS, MIRA, "scheduled", day=1, clock="07:30", link="journal/carrot-soup"),
    Scene("hills", "Five slow mornings in the Harz mountains, and where we slept", "No car, two trains, one very good bakery.", PLACES, MIRA, "scheduled", day=1, clock="12:00", link="journal/harz"),
    Scene("tomatoes", "Roasted tomatoes for a slow Sunday", "Low heat, three hours, a whole head of garlic.", SUNDAY, LENA, "scheduled", day=2, clock="09:00", link="journal/tomatoes"),
    Scene("vase", "One branch is enough", "How we fill a vase in November.", CORNERS, EWA, "scheduled", day=2, clock="18:15", to_linkedin=True),
    Scene("linen", "Bed linen in clay and ink, back on Friday", "Washed twice, so that it is soft on the first night.", SHOP, MIRA, "scheduled", day=3, clock="10:00", link="shop/linen"),
    Scene("tomatoes", "A pantry for a week without shopping", "Seven tins, and what becomes of them.", SUNDAY, LENA, "scheduled", day=4, clock="08:00"),
    Scene("sea", "Swimming in December: a short and honest guide", "Wool before, soup after, and nobody goes in alone.", BEACHES, JONAS, "scheduled", day=5, clock="16:00", time_zone="America/New_York"),
    Scene("forest", "Six walks that begin at a station", "All under ten kilometres, all with a café at the end.", OUTDOORS, MIRA, "scheduled", day=7, clock="15:30"),
    Scene("dunes", "Desert light, a palette of five paints", "Brick, rust, dusk, sand and bone.", COLOUR, JONAS, "draft", minutes=-95, review="waiting", day=3, clock="18:15"),
    Scene("leaves", "Palm shadow wallpaper in sand", "Printed by hand in lengths of ten metres.", WALLS, JONAS, "draft", minutes=-140, review="waiting", day=6, clock="12:00"),
    Scene("arch", "Terracotta, and what goes with it", "", COLOUR, EWA, "draft", minutes=-1500),
    Scene("botanic", "", "Ferns for the bathroom\nThe four that forgive everything.", BALCONY, JONAS, "draft", minutes=-4400),
    Scene("dusk", "Advent calendar from paper bags", "Twenty-four bags, one stamp, a rope.", COSY, MIRA, "cancelled", day=-3, clock="19:20", was_scheduled=True),
)  # fmt: skip

# What went out, newest first.
PAST = (
    Scene("vase", "Dried cherry branches, blue stoneware", "Cut in spring, dried upside down, good for a year.", CORNERS, MIRA, minutes=-70),
    Scene("arch", "A terracotta courtyard in Oaxaca, photographed at eight in the morning", "Before the heat, and before anybody else.", PLACES, EWA, minutes=-165, link="journal/oaxaca"),
    Scene("botanic", "Balcony jungle for north-facing flats", "Nine plants that live on two hours of light.", BALCONY, MIRA, minutes=-315, to_linkedin=True, link="journal/balcony"),
    Scene("sea", "The last warm weekend by the sea", "We stayed until the kiosk closed.", BEACHES, MIRA, day=-1, clock="18:15", was_scheduled=True),
    Scene("linen", "How we fold washed linen (and why it never needs ironing)", "Once lengthwise, twice across, never on the edge.", LINEN, MIRA, day=-1, clock="12:00", link="journal/folding"),
    Scene("forest", "Fog walk, 6 km, good with a pram", "Gravel all the way, and a hut with a stove.", OUTDOORS, JONAS, day=-2, clock="17:40"),
    Scene("hills", "A week without a car in the uplands", "Three buses, two rucksacks, one plan.", PLACES, EWA, day=-2, clock="11:00", is_gone=True),
    Scene("bowls", "Leek and potato, without cream", "The trick is the second leek.", SOUPS, LENA, day=-3, clock="09:10"),
    Scene("coffee", "The small morning: coffee, window, ten minutes", "A habit more than a recipe.", CORNERS, EWA, day=-3, clock="07:45", was_scheduled=True),
    Scene("rug", "Runner for a narrow hall, 70 × 300", "Flat woven, so that the door still opens.", RUGS, MIRA, day=-4, clock="16:30", link="shop/runner"),
    Scene("tomatoes", "Tomato butter for the freezer", "Ten minutes now, a sauce in January.", PICKLES, LENA, day=-5, clock="10:20"),
    Scene("dusk", "Blue hour in the kitchen", "The lamp is the only thing we changed.", CORNERS, JONAS, day=-5, clock="18:40"),
    Scene("snow", "First snow, and a stove that works", "Hut number four, reached on foot.", WINTER, MIRA, day=-6, clock="12:30", was_scheduled=True),
    Scene("leaves", "Shadows on lime plaster", "It costs nothing but the right hour.", WALLS, EWA, day=-6, clock="15:05"),
    Scene("citrus", "Blood orange salad with olives", "Cold plates, warm bread.", FRUIT, LENA, day=-7, clock="11:15"),
    Scene("dunes", "Rust is a neutral", "Four rooms that prove it.", COLOUR, JONAS, day=-8, clock="14:00"),
    Scene("arch", "Doors of Puglia, the blue ones", "Twelve of them, all still in use.", PLACES, MIRA, day=-8, clock="09:30"),
    Scene("linen", "Table linen from the mill in Bramsche", "Woven in the week we visited.", LINEN, EWA, day=-9, clock="10:00", to_linkedin=True),
    Scene("botanic", "Cuttings in water: week one to six", "A row of glasses and some patience.", BALCONY, JONAS, day=-10, clock="17:00"),
    Scene("vase", "Stoneware from a wood-fired kiln", "No two blues are the same.", SHOP, MIRA, day=-10, clock="12:00", link="shop/stoneware"),
    Scene("sea", "חוף בסוף אוקטובר", "ים שקט, אור ארוך.", BEACHES, EWA, day=-11, clock="16:20"),
    Scene("bowls", "Barley soup for a cold platform", "It keeps warm in a flask for four hours.", SOUPS, LENA, day=-12, clock="08:00", was_scheduled=True),
    Scene("forest", "Mushrooms we leave where they are", "And the three that come home.", OUTDOORS, JONAS, day=-12, clock="18:10"),
    Scene("hills", "The long way round Lake Walchen", "Nine hours with swimming.", PLACES, MIRA, day=-13, clock="13:00"),
    Scene("coffee", "Cardamom buns, the Tuesday batch", "Knot them loosely or they sulk.", BREAKFAST, LENA, day=-14, clock="07:30"),
    Scene("rug", "How to wash a kilim at home", "Cold water, a soft brush, one dry day.", RUGS, EWA, day=-14, clock="15:45", link="journal/washing"),
    Scene("tomatoes", "Sunday beans, begun on Saturday", "Nothing to do but wait.", SUNDAY, LENA, day=-15, clock="09:00"),
    Scene("snow", "静かな雪の朝", "湯気と、白い庭。", "静かな部屋", MIRA, day=-16, clock="10:10"),
    Scene("dusk", "A reading corner on one square metre", "Chair, lamp, shelf, and a door that closes.", CORNERS, JONAS, day=-17, clock="19:00"),
    Scene("leaves", "Limewash in three afternoons", "The third coat is the one you see.", WALLS, EWA, day=-18, clock="14:30"),
    Scene("citrus", "Lemons in salt, ready by Christmas", "A jar, a kilo, four weeks.", PICKLES, LENA, day=-19, clock="11:00"),
    Scene("arch", "Under the arcade: lunch in Bologna", "Where the noodles are still rolled by hand.", PLACES, MIRA, day=-20, clock="12:45", was_scheduled=True),
    Scene("linen", "Curtains that move", "Loose weave, no lining, a rod instead of rings.", LINEN, EWA, day=-21, clock="10:30"),
    Scene("botanic", "Windowsill herbs from October to May", "Parsley, chives, and a very small bay.", BALCONY, JONAS, day=-22, clock="16:00"),
    Scene("vase", "Autumn table with what the garden left", "Hips, seed heads and one late dahlia.", CORNERS, MIRA, day=-23, clock="17:20"),
    Scene("dunes", "Sand, brick, bone: paints for a north room", "Warm, but not yellow.", COLOUR, JONAS, day=-24, clock="12:10"),
    Scene("sea", "Harbour breakfast on Amrum", "Rolls from six o’clock on.", PLACES, EWA, day=-26, clock="08:15"),
    Scene("bowls", "Rye bread with a long memory", "A starter from 1994, and it shows.", BREAD, LENA, day=-27, clock="06:50"),
    Scene("forest", "A den that survives a storm", "Three long branches and one old rope.", OUTDOORS, JONAS, day=-29, clock="15:00"),
    Scene("hills", "What we packed for eight days on foot", "Seven kilos, and one thing too many.", PLACES, MIRA, day=-31, clock="11:40", to_linkedin=True),
)  # fmt: skip

CLIENT_PAST = (
    Scene("sea", "Mittens in three blues", "Spun on the island, knitted by eleven people.", KNITTED, MIRA, day=-1, clock="10:00"),
    Scene("dusk", "Harbour lights, a scarf pattern", "Two skeins, one long evening.", HARBOUR, MIRA, "scheduled", day=1, clock="17:00"),
    Scene("rug", "Felted soles, and how to sew them on", "Boiled wool holds longest.", KNITTED, MIRA, day=-4, clock="14:20"),
)  # fmt: skip
