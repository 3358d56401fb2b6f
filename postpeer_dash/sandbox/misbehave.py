"""Apply faults to requests: what is done, what is left undone, and how the answer is spoilt."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.faults import Fault, spelled_otherwise
from postpeer_dash.sandbox.messages import ApiError, Request, Response, fault_shape, json_response
from postpeer_dash.sandbox.routes import error_body, respond

PROXY_PAGE = (
    b"<html>\r\n<head><title>%d</title></head>\r\n<body>\r\n<center><h1>%d</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(slots=True)
class Delivery:
    """An answer and how it is sent: whole, cut off after so many bytes, or in drips."""

    response: Response
    cut_after: int | None = None
    resets: bool = False
    breaks_tls: bool = False
    seconds_per_byte: float = 0.0


def deliver(app: App, request: Request) -> Delivery:
    """Answer a request with the faults that are switched on for it. Each kind strikes at most once a request."""

    def take(name: str) -> Fault | None:
        return app.faults.take(name, request.method, request.path)

    slow = take("slow")
    if slow and not slow.params["after"]:
        time.sleep(float(slow.params["seconds"]))
    delivery = _undone(app, take) or _done(app, request, take)
    if slow and slow.params["after"]:
        time.sleep(float(slow.params["seconds"]))
    drip = take("drip")
    if drip:
        delivery.seconds_per_byte = float(drip.params["seconds_per_byte"])
    return delivery


def _undone(app: App, take: Any) -> Delivery | None:
    """Return the answer of a fault that keeps the request from being carried out."""
    if fault := take("rate_limit"):
        headers = {}
        if (wait := fault.params["retry_after"]) is not None:
            until = app.now() + timedelta(seconds=wait)
            headers["Retry-After"] = format_datetime(until, usegmt=True) if fault.params["as_date"] else str(wait)
        return Delivery(json_response(fault_shape(429, "Too many requests, slow down"), 429, headers))
    if fault := take("error_before"):
        return Delivery(_error(fault))
    if fault := take("cut_before"):
        return Delivery(Response(), cut_after=0, resets=fault.params["reset"])
    return None


def _earlier_post(app: App) -> str:
    """Return the id of a post that was taken before; empty while there is none."""
    row = app.store.row("SELECT post_id FROM accepted ORDER BY n LIMIT 1")
    return str(row["post_id"]) if row else ""


def _done(app: App, request: Request, take: Any) -> Delivery:
    html = take("html")
    if html and not html.params["carried_out"]:
        return Delivery(_proxy_page(html))
    again = take("names_again")
    earlier = _earlier_post(app) if again else ""
    if again and earlier and not again.params["carried_out"]:
        receipt = {"success": True, "status": "published", "postId": earlier, "platforms": []}
        return Delivery(json_response(receipt, 202))
    response = _spoil(app, request, respond(app, request), take)
    if html:
        return Delivery(_proxy_page(html))
    if earlier:
        response = json_response({**json.loads(response.body), "postId": earlier}, response.status, response.headers)
    if fault := take("error_after"):
        return Delivery(_error(fault))
    if fault := take("refuse_after"):
        return Delivery(_refusal(app, request, fault))
    if take("tls_after"):
        return Delivery(response, breaks_tls=True)
    if fault := take("cut_after"):
        return Delivery(response, cut_after=fault.params["after_bytes"], resets=fault.params["reset"])
    return Delivery(response)


def _error(fault: Fault) -> Response:
    status = fault.params["status"]
    return json_response(fault_shape(status, "Something went wrong"), status)


def _proxy_page(fault: Fault) -> Response:
    status = fault.params["status"]
    return Response(status, PROXY_PAGE % (status, status), "text/html")


def _refusal(app: App, request: Request, fault: Fault) -> Response:
    error = ApiError(fault.params["status"], fault.params["message"])
    try:
        operation, _ = app.structure.find(request.method, request.path)
    except ApiError:
        operation = None
    return json_response(error_body(operation, request.path, error), error.status)


def _spoil(app: App, request: Request, response: Response, take: Any) -> Response:
    """Return the answer with its JSON changed by the faults that change it."""
    if not response.body or not response.content_type.startswith("application/json"):
        return response
    value = json.loads(response.body)
    if not isinstance(value, dict):
        return response
    if "posts" in value and request.path == "/v1/posts":
        broken = _spoil_list(app, request, value, take)
        if broken:
            return broken
    if response.status < 300:
        _spoil_bodies(value, take)
        if "boards" in value and (fault := take("boards_part")):
            value["boards"] = value["boards"][: fault.params["count"]]
        if (take("no_post_id") if "postId" in value else None) is not None:
            del value["postId"]
        word = take("unknown_status") if any(True for _ in _with_status(value)) else None
        for one in _with_status(value) if word else ():
            one["status"] = word.params["status"] if word else one["status"]
    whole = json_response(value, response.status, response.headers)
    if take("half_json"):
        whole.body = whole.body[: len(whole.body) // 2]
    return whole


def _spoil_list(app: App, request: Request, value: dict[str, Any], take: Any) -> Response | None:
    """Change a page of a listing in place, or give the error that takes its place."""
    posts, offset = value["posts"], request.values.get("offset", 0)
    if offset and (fault := take("list_page_fails")):
        return _error(fault)
    if take("list_total_shifts"):
        shifts = app.store.setting("list_shifts", 0) + 1
        app.store.set_setting("list_shifts", shifts)
        value["total"] += 1 + shifts % 2
    if posts and take("list_page_empty"):
        value["posts"] = []
    elif len(posts) > 1 and take("list_duplicates"):
        posts[-1] = posts[0]
    return None


def _each_post(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (post for post in [*value.get("posts", []), value.get("post")] if isinstance(post, dict))


def _with_status(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return everything in an answer that has a status: posts and their platforms."""
    for post in [*_each_post(value), *([value] if "postId" in value or "platforms" in value else [])]:
        yield from (one for one in [post, *post.get("platforms", [])] if isinstance(one.get("status"), str))


def _spoil_bodies(value: dict[str, Any], take: Any) -> None:
    posts = [post for post in _each_post(value) if "rawRequestBody" in post]
    if not posts:
        return
    if take("body_normalised"):
        for post in posts:
            post["rawRequestBody"] = _normalised(post["rawRequestBody"])
    if take("body_with_defaults"):
        for post in posts:
            post["rawRequestBody"] = _with_defaults(post["rawRequestBody"])
    if fault := take("body_unreadable"):
        for post in posts:
            shape = fault.params["shape"]
            if shape == "missing":
                del post["rawRequestBody"]
            else:
                post["rawRequestBody"] = {"text": "[object Object]", "null": None}.get(shape, {})


def _normalised(body: dict[str, Any]) -> dict[str, Any]:
    """Return the same body with its keys in another order, its instant respelled, its hosts in capitals."""
    again = {key: body[key] for key in sorted(body, reverse=True)}
    if "scheduledFor" in again:
        again["scheduledFor"] = spelled_otherwise(again["scheduledFor"])
    for item in again.get("mediaItems", []):
        item["url"] = _shouted(item["url"])
    for entry in again.get("platforms", []):
        if "link" in (data := entry.get("platformSpecificData", {})):
            data["link"] = _shouted(data["link"])
    return again


def _shouted(url: str) -> str:
    """Return the same address with scheme and host in capitals, which mean the same."""
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.upper()}{mark}{host.upper()}{slash}{path}"


def _with_defaults(body: dict[str, Any]) -> dict[str, Any]:
    """Return the same body with what PostPeer assumes where nothing is said."""
    full = {"mediaItems": [], "publishNow": False, "timezone": "UTC", **body}
    full["platforms"] = [{"content": None, "platformSpecificData": {}, **entry} for entry in body.get("platforms", [])]
    return full
