"""Build HTML from a pattern, faster than `django.utils.html.format_html`.

A page of history calls it 192 times, which takes 0.6 ms here and 1.5 ms there: 7 % of the page's 12 ms.
"""

from html import escape

from django.utils.safestring import SafeString


def format_html(pattern: str, *values: object, **named: object) -> SafeString:
    """Return the pattern with the values in its places, escaped unless they are HTML already.

    Django's function of this name keeps lazy translations lazy, which takes longer than the escaping; here such a text
    is translated at once.
    """
    places = {name: _as_html(value) for name, value in named.items()}
    return SafeString(pattern.format(*[_as_html(value) for value in values], **places))  # nosec B703


def _as_html(value: object) -> str:
    return value if type(value) is SafeString else escape(str(value))
