"""Find the function that answers a request."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from postpeer_dash.sandbox import (
    accounts,
    consent,
    control,
    control_page,
    media,
    notifications,
    pages,
    posts,
    profiles,
    scheduled,
    usage,
)
from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.markup import message_page
from postpeer_dash.sandbox.messages import ApiError, Request, Response, fault_shape, json_response
from postpeer_dash.sandbox.validation import Operation

Handler = Callable[[App, Request, dict[str, str]], Response]
LIST_LIMIT = 100
# Families of addresses whose refusals say {"error": …}; the others' say {"success": false, "message": …}.
ERROR_FAMILIES = ("/v1/connect", "/v1/profiles", "/v1/pinterest")


def _ok(_app: App, _request: Request, _path: dict[str, str]) -> Response:
    return json_response({"ok": True})


def _list_platforms(app: App, _request: Request, _path: dict[str, str]) -> Response:
    names = app.structure.document["components"]["schemas"]["Platform"]["enum"]
    return json_response({"platforms": [{"name": name, "status": "prod"} for name in names]})


# By the structure's operationId. What is missing (analytics, writing by AI) answers 404.
OPERATIONS: dict[str, Handler] = {
    "healthCheck": _ok,
    "healthCheckAuth": _ok,
    "listPlatforms": _list_platforms,
    "getOAuthUrl": consent.get_connect_url,
    "listIntegrations": accounts.list_integrations,
    "getIntegration": accounts.get_integration,
    "moveIntegration": accounts.move_integration,
    "disconnectIntegration": accounts.disconnect_integration,
    "getPinterestBoards": accounts.get_boards,
    "createProfile": profiles.create_profile,
    "listProfiles": profiles.list_profiles,
    "getProfile": profiles.get_profile,
    "updateProfile": profiles.update_profile,
    "deleteProfile": profiles.delete_profile,
    "createPost": posts.create_post,
    "listPosts": posts.list_posts,
    "getPost": posts.get_post,
    "deletePost": posts.delete_post,
    "listScheduledPosts": scheduled.list_scheduled,
    "editScheduledPost": scheduled.edit_scheduled,
    "reschedulePost": scheduled.move_scheduled,
    "cancelScheduledPost": scheduled.cancel_scheduled,
    "createMediaUpload": media.create_upload,
    "getUsage": usage.get_usage,
    "createNotification": notifications.create_notification,
    "listNotifications": notifications.list_notifications,
    "getNotification": notifications.get_notification,
    "updateNotification": notifications.update_notification,
    "deleteNotification": notifications.delete_notification,
    "testNotification": notifications.test_notification,
}
PAGES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/", pages.show_home),
    ("GET", r"/assets/(?P<name>[\w.]+)", pages.serve_asset),
    ("GET", r"/(?:pin|post)/(?P<id>[\w:.-]+)", pages.show_published),
    ("GET", r"/pictures/(?P<name>[a-z]+)\.jpg", media.serve_picture),
    ("GET", r"/media/(?P<token>[\w-]+)/(?P<name>[^/]+)", media.serve_upload),
    ("OPTIONS", r"/upload/(?P<token>[\w-]+)", media.allow_upload),
    ("PUT", r"/upload/(?P<token>[\w-]+)", media.receive_upload),
    ("GET", r"/consent/(?P<token>[\w-]+)", consent.show_consent),
    ("POST", r"/consent/(?P<token>[\w-]+)", consent.answer_consent),
    ("GET", "/control", control_page.show_control),
    ("POST", r"/control/form/(?P<action>\w+)", control_page.handle_form),
    ("GET|POST|DELETE", r"/control/(?P<what>\w+)", control.handle_json),
)
# These have no key, so another site's page must not reach them through somebody's browser.
GUARDED = ("/control", "/consent")


def respond(app: App, request: Request) -> Response:
    """Return the right answer to a request, with no fault in it."""
    if request.path == "/v1" or request.path.startswith("/v1/"):
        return _respond_api(app, request)
    if request.path.startswith(GUARDED) and not _is_own(app, request):
        return message_page("Not from there", "This page only listens to itself.", status=403)
    for methods, pattern, handler in PAGES:
        found = re.fullmatch(pattern, request.path)
        if found and ("GET" if request.method == "HEAD" else request.method) in methods.split("|"):
            return handler(app, request, found.groupdict())
    return message_page("There is nothing here", "No page of the sandbox has this address.", status=404)


def _is_own(app: App, request: Request) -> bool:
    """Return whether a request comes from this machine, under a name of ours, and not from another site's page."""
    origins = app.settings.own_origins()
    if not (request.client.startswith("127.") or request.client in ("::1", "::ffff:127.0.0.1")):
        return False
    if not any(origin.endswith(f"://{request.header('host')}") for origin in origins):
        return False
    if request.method in ("GET", "HEAD"):
        return True
    origin, site = request.header("origin"), request.header("sec-fetch-site")
    return origin in ("", *origins) and site in ("", "none", "same-origin")


def _respond_api(app: App, request: Request) -> Response:
    operation: Operation | None = None
    try:
        operation, path = app.structure.find(request.method, request.path)
        if operation.needs_key and request.header("x-access-key") != app.settings.key:
            raise ApiError(401, "Invalid or missing access key", is_validation=True)
        if operation.id not in OPERATIONS:
            raise ApiError(404, "The sandbox doesn't have this part of PostPeer")
        if operation.id == "listPosts" and _asks_too_much(request):
            return json_response({"success": False, "total": 0, "posts": []})
        app.structure.check(operation, request, path)
        return OPERATIONS[operation.id](app, request, path)
    except ApiError as error:
        row = {"at": app.now_text(), "method": request.method, "path": request.path[:200]}
        app.store.insert("refused", {**row, "status": error.status, "message": error.message[:500]})
        return json_response(error_body(operation, request.path, error), error.status)


def _asks_too_much(request: Request) -> bool:
    """Return whether a listing asks for more than a hundred posts a page.

    PostPeer answers that by 200, success false and no posts.
    """
    limit = dict(request.query).get("limit", "")
    return limit.isascii() and limit.isdigit() and int(limit[:9]) > LIST_LIMIT


def error_body(operation: Operation | None, path: str, error: ApiError) -> dict[str, Any]:
    """Return a refusal in the shape declared for it here, or in the framework's where none is declared."""
    declared = operation.error_fields(error.status) if operation else []
    if "error" in declared:
        return {"error": error.message}
    if "message" in declared:
        return {"success": False, "message": error.message}
    if error.is_validation or error.status not in range(400, 500):
        return fault_shape(error.status, error.message)
    if path.startswith(ERROR_FAMILIES):
        return {"error": error.message}
    return {"success": False, "message": error.message or HTTPStatus(error.status).phrase}
