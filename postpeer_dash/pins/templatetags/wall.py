"""One card of the wall of pins. A page has two dozen: put together here, they take a third of a template's time."""

from django import template
from django.utils.safestring import SafeString

from postpeer_dash.pins.pages.cards import Card
from postpeer_dash.web.html import format_html
from postpeer_dash.web.templatetags.dash import mat, pic
from postpeer_dash.web.templatetags.dash_times import when

register = template.Library()

_CARD = """<article class="pin">{picture}<h3 class="clamp" dir="auto"><a id="{key}" href="{url}">{title}</a></h3>\
<p class="where one" dir="auto">{board}</p>{by}<div class="fate">{signs}{when}</div></article>
"""
_FILM = (
    """<span class="pic">{}<video src="{}#t=0.1" preload="metadata" muted playsinline tabindex="-1"></video>{}</span>"""
)
_BY = """<p class="where one" dir="auto">{}</p>"""


@register.simple_tag
def wall_card(card: Card) -> SafeString:
    """Return the picture with what is to be seen at once: title, board, whose it is, what became of it on each platform."""
    return format_html(
        _CARD,
        picture=_picture(card),
        key=card.key,
        url=card.url,
        title=card.title,
        board=card.board,
        by=format_html(_BY, card.by) if card.by else "",
        signs=card.signs,
        when=when(card.at),
    )


def _picture(card: Card) -> SafeString:
    if card.film:
        return format_html(_FILM, mat(card.color), card.film, card.over)
    return pic(card.picture, "", card.color, "", card.over)
