"""HTML that is escaped by construction: a text put into a tag is text, whatever it holds."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from postpeer_dash.sandbox.messages import Response

VOID = {"input", "img", "link", "meta", "br", "hr"}


class Html(str):
    """A piece of finished markup."""

    __slots__ = ()


Child = str | int | None | Sequence["Child"]


def _render(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return str(child)
    if isinstance(child, list | tuple):
        return "".join(_render(one) for one in child)
    return escape(str(child))


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """Return an element.

    `class_` and `for_` lose their underscore, others turn it into a hyphen; False and None are left out.
    """
    written = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        label = key.rstrip("_").replace("_", "-")
        written.append(f" {label}" if value is True else f' {label}="{escape(str(value))}"')
    opening = f"<{name}{''.join(written)}>"
    return Html(opening if name in VOID else f"{opening}{_render(list(children))}</{name}>")


def safe_link(url: str, text: str) -> Html:
    """Return a link to an http(s) address; anything else is shown as the text it is."""
    if urlsplit(url).scheme not in ("http", "https"):
        return tag("bdi", text)
    return tag("a", tag("bdi", text), href=url, rel="noopener nofollow")


def origin_of(url: str) -> str:
    """Return scheme and host of an http(s) address for a content security policy, or an empty string."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or set(host) & set(" ;,'\"*"):
        return ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def page(
    title: str, *content: Child, status: int = 200, form_targets: str = "", media_from: str = "", wide: bool = False
) -> Response:
    """Return a whole page under a strict policy; `form_targets` and `media_from` name the origins it needs besides."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("link", rel="stylesheet", href="/assets/sandbox.css"),
        tag("link", rel="icon", href="/assets/sandbox.svg", type="image/svg+xml"),
    )
    bar = tag(
        "header",
        tag("strong", "PostPeer sandbox"),
        tag("span", "Nothing here leaves this computer."),
        tag("a", "Control page", href="/control"),
        class_="bar",
    )
    body = tag("body", bar, tag("main", *content, class_="wide" if wide else None))
    policy = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"img-src 'self' {media_from}; media-src 'self' {media_from}; form-action 'self' {form_targets}"
    )
    headers = {
        "Content-Security-Policy": policy.replace(" ;", ";").strip(),
        # Not no-referrer: that would also take the Origin from our own forms, by which we know them.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    markup = "<!doctype html>" + tag("html", head, body, lang="en")
    return Response(status, markup.encode("utf-8", "replace"), "text/html; charset=utf-8", headers)


def message_page(title: str, *sentences: str, status: int = 200) -> Response:
    """Return a page with one message."""
    return page(title, tag("h1", title), *[tag("p", sentence) for sentence in sentences], status=status)
