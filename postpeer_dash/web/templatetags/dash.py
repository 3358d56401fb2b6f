"""Tags and filters for the small parts of every page: icons, badges, pictures, avatars, form controls.

A wall holds a hundred of them, so they are strings built here and no templates of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, Protocol

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.templatetags.i18n import do_translate
from django.templatetags.static import static
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from postpeer_dash.web.html import format_html
from postpeer_dash.web.numbers import in_words
from postpeer_dash.web.status_badges import find_badge
from postpeer_dash.web.text import count_units, initials
from postpeer_dash.web.user_agents import describe_user_agent

register = template.Library()
register.filter("in_words", in_words)
register.filter("initials", initials)
register.filter("browser", describe_user_agent)

# Where no colour is known the mat stays the paper's own.
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_SIZES = {"": "pic", "s": "pic pic-s", "xs": "pic pic-xs"}


# A page has forty icons, and the file's name doesn't change while the process lives.
@cache
def _sprite() -> str:
    return static("icons.svg")


class ConstantTranslation(template.Node):
    """A text without variables, translated once for each language."""

    def __init__(self, node: template.Node) -> None:
        self._node = node
        self._translated: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        language = get_language()
        if language not in self._translated:
            self._translated[language] = self._node.render(context)
        return self._translated[language]


# Django's tag goes through a lazy string each time; with the sixty texts of a page that is 3 of a light page's 16 ms.
@register.tag
def translate(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Django's tag of this name, except that a plain `{% translate "Text" %}` is looked up once for each language."""
    node: template.Node = do_translate(parser, token)
    is_constant = re.fullmatch(r"translate\s+(\"[^\"]*\"|'[^']*')", token.contents)
    return ConstantTranslation(node) if is_constant else node


@register.simple_tag(takes_context=True)
def include_again(context: template.Context, name: str) -> SafeString:
    """Include a template that stands on the page several times with the same content: rendered the first time alone."""
    shared: Any = context.render_context
    done: dict[str, SafeString] = shared.dicts[0].setdefault(include_again, {})
    if name not in done and context.template is not None:
        with context.push():
            done[name] = context.template.engine.get_template(name).render(context)
    return done[name]


@lru_cache(maxsize=512)
def _icon(name: str, classes: str) -> SafeString:
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {classes}" if classes else "",
        _sprite(),
        name,
    )


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Return an icon of the sprite, hidden from assistive technology: a word stands beside it, or a hidden one."""
    return _icon(name, classes)


@register.simple_tag
def sign(status: str, label: str = "") -> SafeString:
    """Return a status as a badge; `label` replaces its word ("Out on one of three")."""
    found = find_badge(status)
    return format_html(
        '<span class="sign sign-{} tone-{}">{}<span>{}</span></span>',
        found.name,
        found.tone,
        _icon(found.icon, ""),
        label or found.word,
    )


@register.simple_tag
def sign_bare(status: str, label: str = "") -> SafeString:
    """Return a status as icon and word without a ground, for captions."""
    # The words are translated, so the language is part of the cache's key.
    return _sign_bare(status, label, get_language() or "")


@lru_cache(maxsize=512, typed=True)  # what is HTML already and what is text are two things
def _sign_bare(status: str, label: str, _language: str) -> SafeString:
    found = find_badge(status)
    return format_html(
        '<span class="sign sign-bare sign-{} tone-{}">{}<span>{}</span></span>',
        found.name,
        found.tone,
        _icon(found.icon, ""),
        label or found.word,
    )


@register.simple_tag
def target_sign(status: str, platform: str) -> SafeString:
    """Return one platform's status in a `ul.targets`: the platform is the visible word, the status an icon and a hidden
    word.
    """
    return _target_sign(status, platform, get_language() or "")


@lru_cache(maxsize=512, typed=True)  # what is HTML already and what is text are two things
def _target_sign(status: str, platform: str, _language: str) -> SafeString:
    found = find_badge(status)
    return format_html(
        '<li class="sign sign-bare sign-{} tone-{}">{}<span>{}</span><span class="visually-hidden">: {}</span></li>',
        found.name,
        found.tone,
        _icon(found.icon, ""),
        platform,
        str(found.word).lower(),
    )


@register.simple_tag
def node(icon_name: str, tone: str = "still") -> SafeString:
    """Return the round mark before one step of a timeline."""
    return format_html('<span class="node node-{}">{}</span>', tone, _icon(icon_name, ""))


@register.simple_tag
def mat(color: str = "", classes: str = "mat") -> SafeString:
    """Return a ground in a pin's dominant colour (`#RRGGBB`), as an SVG so that no style attribute is needed."""
    fill = color if color and _COLOUR.fullmatch(color) else ""
    if not fill:
        return mark_safe("")  # nosec B308
    return format_html(
        '<svg class="{}" aria-hidden="true"><rect width="100%" height="100%" fill="{}"/></svg>', classes, fill
    )


@register.simple_tag
def pic(
    url: str | None, alt: str = "", color: str = "", size: str = "", over: SafeString | str = "", eager: bool = False
) -> SafeString:
    """Return a picture, 2:3, on its ground. `size` is "", "s" or "xs"; `over` lies on it (a badge); `eager` for what is
    seen first.

    Without an address it is a placeholder that says so. A picture that fails to load turns into the same placeholder
    (app.js).
    """
    classes = _SIZES.get(size, "pic")
    if not url:
        return format_html(
            '<span class="{} pic-gone">{}<span{}>{}</span>{}</span>',
            classes,
            _icon("image-off", ""),
            mark_safe(' class="visually-hidden"') if size else "",  # nosec B308
            _("No picture"),
            over,
        )
    return format_html(
        '<span class="{}">{}<img src="{}" width="480" height="720" alt="{}"{} decoding="async" referrerpolicy="no-referrer">{}</span>',
        classes,
        mat(color),
        url,
        alt,
        "" if eager else mark_safe(' loading="lazy"'),  # nosec B308
        over,
    )


@register.simple_tag
def face(name: str, url: str = "", classes: str = "") -> SafeString:
    """Return a person's or an account's picture, or their initials; the name stands beside it."""
    picture = (
        format_html('<img src="{}" width="64" height="64" alt="" loading="lazy" referrerpolicy="no-referrer">', url)
        if url.startswith(("https://", "http://"))
        else ""
    )
    return format_html(
        '<span class="face{}" aria-hidden="true">{}{}</span>', f" {classes}" if classes else "", initials(name), picture
    )


class Choice(Protocol):
    """An option of a list to choose from."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def is_on(self) -> bool: ...


@register.simple_tag
def options(choices: Iterable[Choice]) -> SafeString:
    """Return the options of a `select`; those that are on are selected."""
    patterns = {False: '<option value="{}">{}</option>', True: '<option value="{}" selected>{}</option>'}
    return SafeString(  # nosec B703
        "".join(format_html(patterns[choice.is_on], choice.value, choice.label) for choice in choices)
    )


@register.filter
def control(field: BoundField, manner: str = "") -> SafeString:
    """Return a form's field as its input alone, with the class of its kind of widget and its hint and errors tied to it
    (ARIA).

    The manner "bare" drops a placeholder, for forms of libraries that repeat the label in it.
    """
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return conditional_escape(field.as_widget())
    if isinstance(widget, CheckboxInput):
        kind = "form-check-input"
    elif isinstance(widget, Select):
        kind = "form-select"
    else:
        kind = "form-control"
    attrs: dict[str, Any] = {
        "class": f"{widget.attrs.get('class', '')} {kind}{' is-invalid' if field.errors else ''}".strip()
    }
    if field.auto_id and "aria-describedby" not in widget.attrs:
        described = [f"{field.auto_id}_helptext"] if field.help_text else []
        described += [f"{field.auto_id}_error"] if field.errors else []
        if described:
            attrs["aria-describedby"] = " ".join(described)
    if manner == "bare":
        attrs["placeholder"] = False
    return conditional_escape(field.as_widget(attrs=attrs))


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Return whether a field is a single box to tick, which has its label behind it."""
    widget = field.field.widget
    return isinstance(widget, CheckboxInput) and not isinstance(widget, CheckboxSelectMultiple)


@register.filter
def is_set(field: BoundField) -> bool:
    """Return whether a field is several boxes or radios, which need a legend in place of a label."""
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


@register.filter
def bad_fields(form: BaseForm) -> list[BoundField]:
    """Return the fields of a form that have errors, in order, for the summary above it."""
    return [field for field in form if field.errors]


@register.filter
def used(field: BoundField) -> int:
    """Return how much of its limit a text field uses, counted as the rules count."""
    return count_units(str(field.value() or ""))


@register.filter
def full_stop(said: str) -> str:
    """Return what ends a sentence after a quotation of this text: nothing where the text has ended it itself."""
    return "" if said.rstrip().endswith((".", "!", "?", "…", "。")) else "."


@register.filter
def names(error: str, field: BoundField) -> bool:
    """Return whether an error itself says which field it means, so that the summary need not."""
    return str(field.label).casefold() in str(error).casefold()
