"""Uploads: an address to put a file to, the file itself, and the demo's pictures."""

import re
import secrets
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.messages import ApiError, Request, Response, json_response
from postpeer_dash.sandbox.settings import PICTURES
from postpeer_dash.sandbox.store import Row

LARGEST_UPLOAD = 2 * 1024**3
LARGEST_IMAGE = 32 * 1024**2
CHUNK = 256 * 1024
MIME = re.compile(r"(image|video)/[A-Za-z0-9][A-Za-z0-9.+-]{0,60}")
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
# An uploaded SVG is a document: seen by itself it must not run anything.
SERVED = {
    **CROSS_ORIGIN,
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Accept-Ranges": "bytes",
}


def create_upload(app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer POST /v1/media/upload: where to put the file, and where it will be seen."""
    mime = request.data["mimeType"].strip().lower()
    if not MIME.fullmatch(mime):
        raise ApiError(400, "Only image and video files are supported")
    token = secrets.token_urlsafe(18)
    name = re.sub(r"[^\w.\-]+", "_", request.data["filename"].replace("\\", "/").rsplit("/", 1)[-1]).strip(".")[-120:]
    app.store.insert(
        "uploads", {"token": token, "filename": name or "file", "mime": mime, "created_at": app.now_text()}
    )
    data = {
        "uploadUrl": app.address(f"/upload/{token}"),
        "publicUrl": app.address(f"/media/{token}/{quote(name or 'file')}"),
    }
    return json_response({"success": True, "data": data})


def allow_upload(_app: App, _request: Request, _path: dict[str, str]) -> Response:
    """Answer OPTIONS /upload/<token>: a browser asks whether a page elsewhere may put a file here."""
    allowed = {
        "Access-Control-Allow-Methods": "PUT, OPTIONS",
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": "600",
    }
    return Response(204, headers={**CROSS_ORIGIN, **allowed})


def receive_upload(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer PUT /upload/<token>: the bytes, with the Content-Type that was announced."""
    upload = app.store.row("SELECT * FROM uploads WHERE token = ?", path["token"])
    if upload is None:
        return _plain(404, "There is no such upload.")
    if request.header("content-type").strip().lower() != upload["mime"]:
        return _plain(403, f"The Content-Type has to be {upload['mime']}.")
    if request.length > LARGEST_UPLOAD:
        return _plain(413, "The file is larger than 2 GB.")
    app.settings.media.mkdir(parents=True, exist_ok=True)
    part = app.settings.media / f"{upload['token']}.{secrets.token_hex(4)}.part"
    try:
        size = _save(request, part)
        if size < request.length:
            return _plain(400, "The upload ended too early.")
        part.replace(_file_of(app, upload["token"]))
    finally:
        part.unlink(missing_ok=True)
    app.store.execute("UPDATE uploads SET size = ? WHERE token = ?", size, upload["token"])
    return Response(200, headers={**CROSS_ORIGIN, "ETag": f'"{upload["token"]}"'})


def _save(request: Request, target: Path) -> int:
    """Write the request's bytes to a file, piece by piece; return how many there were."""
    with target.open("wb") as file:
        while request.left and request.stream and (chunk := request.stream.read(min(CHUNK, request.left))):
            file.write(chunk)
            request.left -= len(chunk)
    return request.length - request.left


def _plain(status: int, text: str) -> Response:
    return Response(status, text.encode(), "text/plain; charset=utf-8", dict(CROSS_ORIGIN))


def _file_of(app: App, token: str) -> Path:
    return app.settings.media / token


def serve_upload(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer GET /media/<token>/<filename>: an uploaded file, or a part of it."""
    upload = app.store.row("SELECT * FROM uploads WHERE token = ? AND size IS NOT NULL", path["token"])
    if upload is None or unquote(path["name"]) != upload["filename"]:
        return _plain(404, "There is no such file.")
    return _serve(_file_of(app, upload["token"]), upload["mime"], request)


def serve_picture(_app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer GET /pictures/<name>.jpg: one of the demo's pictures."""
    return _serve(PICTURES / f"{path['name']}.jpg", "image/jpeg", request)


def _serve(file: Path, mime: str, request: Request) -> Response:
    if not file.is_file():
        return _plain(404, "There is no such file.")
    size = file.stat().st_size
    wanted = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", request.header("range").strip())
    if not wanted or not any(wanted.groups()):
        return Response(200, content_type=mime, headers=dict(SERVED), path=file, first=0, last=size - 1)
    if wanted[1]:
        first, last = int(wanted[1]), min(int(wanted[2] or size), size - 1)
    else:
        first, last = max(0, size - int(wanted[2])), size - 1
    if first > last:
        return Response(416, content_type=mime, headers={**SERVED, "Content-Range": f"bytes */{size}"})
    headers = {**SERVED, "Content-Range": f"bytes {first}-{last}/{size}"}
    return Response(206, content_type=mime, headers=headers, path=file, first=first, last=last)


def _own_upload(app: App, url: str) -> tuple[bool, Row | None]:
    """Return whether an address is an upload's and, if so, its row once the file is stored."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False, None
    found = re.fullmatch(r"/media/([\w-]+)/[^/]+", parts.path)
    if not found or f"{parts.scheme}://{parts.netloc}" not in app.settings.own_origins():
        return False, None
    return True, app.store.row("SELECT * FROM uploads WHERE token = ? AND size IS NOT NULL", found[1])


def is_missing(app: App, url: str) -> bool:
    """Return whether an address is one of our own with no file. Addresses elsewhere are not fetched, and believed."""
    is_own, row = _own_upload(app, url)
    return is_own and row is None


def stored_size(app: App, url: str) -> int:
    """Return how many bytes an uploaded file or one of the demo's pictures has; 0 for anything else."""
    picture = PICTURES / url.rsplit("/", 1)[-1]
    if url.startswith(app.address("/pictures/")) and picture.is_file():
        return picture.stat().st_size
    _, row = _own_upload(app, url)
    return int(row["size"]) if row else 0
