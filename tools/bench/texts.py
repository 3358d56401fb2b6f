"""Texts as people write them, made up from word lists with a fixed seed: the same in every run."""

from random import Random

# In about one pin in five, in about one in a hundred, in twelve pins whatever their number, and in none.
COMMON, SOME, RARE, ABSENT = "kitchen", "saffron", "zanzibar", "xylophone"
# Every three letters in a row occur in many pins, the word itself in none.
NEARLY = "chenning"

_THINGS = (
    f"{COMMON} table|oak bench|linen curtain|wool rug|stoneware bowl|paper lantern|garden path|herb shelf|bread tin|"
    "reading corner|window seat|winter coat|autumn wreath|candle holder|copper pan|woven basket|plant stand|tea set|"
    "quilted throw|balcony box|market bag|vintage mirror|ceramic vase|picture ledge|spice rack|soup pot|cake stand|"
    f"{COMMON} island|coat hook|night lamp|cotton sheet|apron|kilim cushion|brass handle|terracotta pot|wall calendar"
).split("|")
_MANNERS = [
    "calm",
    "small",
    "bright",
    "slow",
    "simple",
    "warm",
    "quiet",
    "handmade",
    "scandinavian",
    "rustic",
    "modern",
    "cosy",
    "mended",
    "painted",
    "folded",
    "striped",
    "natural",
    "weathered",
    "playful",
    "second-hand",
    "north-facing",
    "twelve-minute",
    "one-pot",
    "weekend",
    "everyday",
    "forgotten",
    "festive",
]
_PLACES = (
    f"for a small flat|in the {COMMON}|under the stairs|for two|by the window|with what is there|for a rainy Sunday|"
    "before the guests come|in an old farmhouse|for beginners|without a drill|in one afternoon|on a budget|in spring"
).split("|")
_SENTENCES = [
    "It takes an afternoon and very little money.",
    "We made it from what was left of the old floor.",
    "The colours come from plants, so no two are alike.",
    "Measure twice, then once more before you cut.",
    "Our readers asked for the pattern, and here it is.",
    "It folds away when nobody needs it.",
    "Everything is sewn, glazed and packed in our workshop by the harbour.",
    "Let it rest overnight in a cool place.",
    "The light in November does the rest.",
    "Keep the lid on and don’t stir for the first ten minutes.",
    "Ça change tout, disent nos voisins.",
    "Für die Werkbank im Keller reicht die halbe Menge.",
    "A list of tools, the cutting plan and the sources stand on the blog.",
    "Paint the inside first.",
    "Serve it warm, with bread and something green.",
    "The second coat makes the difference.",
]


def make_title(random: Random) -> str:
    """Return a title of four to nine words."""
    return f"{random.choice(_MANNERS)} {random.choice(_THINGS)} {random.choice(_PLACES)}".capitalize()


def make_description(random: Random, number: int, every: int) -> str:
    """Two to five sentences. `number` is the pin's, and every so many of them hold the rare word."""
    sentences = random.sample(_SENTENCES, random.randint(2, 5))
    if number % 97 == 0:
        sentences.append(f"A pinch of {SOME} is enough.")
    if number % every == 0:
        sentences.append(f"The cloves are from {RARE.capitalize()}.")
    return " ".join(sentences)
