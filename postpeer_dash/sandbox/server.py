"""HTTP: read requests from the socket and write answers to it, down to the single byte."""

import logging
import os
import re
import secrets
import socket
import ssl
import struct
import sys
import time
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.messages import Request, Response, fault_shape, json_response
from postpeer_dash.sandbox.misbehave import Delivery, deliver

LARGEST_BODY = 1024 * 1024
LARGEST_SEED = 64 * 1024 * 1024
SILENCE_SECONDS = 120
CHUNK = 256 * 1024
log = logging.getLogger("sandbox")


class Handler(BaseHTTPRequestHandler):
    """A connection. What it answers and when is decided elsewhere."""

    protocol_version = "HTTP/1.1"
    timeout = SILENCE_SECONDS
    disable_nagle_algorithm = True
    server: "SandboxServer"

    def setup(self) -> None:
        """Take the connection over, on the secure listener with a handshake first; in this thread, so nobody waits."""
        if self.server.tls is not None:
            self.request.settimeout(self.timeout)
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        """Let go of the connection."""
        super().finish()
        if self.server.tls is not None:
            self.request.close()

    def handle_any(self) -> None:
        """Read one request, answer it."""
        started = time.monotonic()
        request, refusal = self._read()
        try:
            delivery = Delivery(refusal) if refusal else deliver(self.server.app, request)
        except Exception:
            # Any mistake of the sandbox's own, whatever its kind, must look like one: it answers 500, and must not be
            # taken for a broken connection.
            if not self.server.stopping:
                log.exception("The sandbox failed at %s %s", request.method, request.path)
            delivery = Delivery(json_response(fault_shape(500, "The sandbox itself failed; its log says why"), 500))
        if delivery.cut_after is None:
            self._drain(request)
        self._send(delivery)
        log.info("%s %s %s %.3f s", self.command, request.path, delivery.response.status, time.monotonic() - started)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815

    def _read(self) -> tuple[Request, Response | None]:
        """Return the request and, when it can't be read, the answer that says so."""
        try:
            parts = urlsplit(self.path)
            path = unquote(parts.path, errors="replace")
        except ValueError:
            return Request(self.command, "/", headers=self.headers), self._refused(400, "The address can't be read")
        request = Request(
            method=self.command,
            path=path.rstrip("/") or "/",
            query=parse_qsl(parts.query, keep_blank_values=True),
            headers=self.headers,
            client=self.client_address[0],
            stream=cast(BinaryIO, self.rfile),
        )
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            return request, self._refused(411, "Content-Length is required")
        if not re.fullmatch(r"[0-9]{1,15}", length):
            return request, self._refused(400, "Content-Length must be a number")
        request.length = int(length)
        if request.path.startswith("/upload/"):
            request.left = request.length
            return request, None
        if request.length > (LARGEST_SEED if request.path.startswith("/control") else LARGEST_BODY):
            return request, self._refused(413, "Request body is too large")
        request.body = self.rfile.read(request.length)
        if len(request.body) < request.length:
            return request, self._refused(400, "Request body ended too early")
        return request, None

    def _refused(self, status: int, message: str) -> Response:
        self.close_connection = True
        return json_response(fault_shape(status, message), status)

    def _drain(self, request: Request) -> None:
        """Take in what is left of a refused upload: the other side reads no answer before it has sent everything."""
        while request.left and (chunk := self.rfile.read(min(CHUNK, request.left))):
            request.left -= len(chunk)

    def _head(self, response: Response) -> bytes:
        app = self.server.app
        fields = {
            "Date": format_datetime(app.now() + timedelta(seconds=app.faults.skew("date_skew")), usegmt=True),
            "x-request-id": secrets.token_hex(8),
            "Content-Type": response.content_type,
            "Content-Length": str(response.length()),
            **response.headers,
        }
        if response.status in (204, 303):
            fields.pop("Content-Type")
        if self.close_connection:
            fields["Connection"] = "close"
        lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}"]
        # A header can't be broken out of: what would end its line is left out.
        lines += [f"{name}: {value}".replace("\r", "").replace("\n", "") for name, value in fields.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")

    def _send(self, delivery: Delivery) -> None:
        response = delivery.response
        if delivery.cut_after is not None or delivery.seconds_per_byte or delivery.breaks_tls:
            self.close_connection = True
        head = self._head(response)
        try:
            if delivery.breaks_tls:
                self._break_tls()
            elif delivery.cut_after is not None:
                self._write((head + response.body)[: delivery.cut_after], delivery.seconds_per_byte)
                self._hang_up(resets=delivery.resets)
            elif self.command == "HEAD":
                self.wfile.write(head)
            elif response.path:
                self.wfile.write(head)
                self._write_file(response)
            else:
                self._write(head + response.body, delivery.seconds_per_byte)
        except (ConnectionError, TimeoutError, ssl.SSLError):
            # The other side left; whatever was to be done has been done.
            self.close_connection = True

    def _write(self, data: bytes, seconds_per_byte: float) -> None:
        if not seconds_per_byte:
            self.wfile.write(data)
            return
        for position in range(len(data)):
            self.wfile.write(data[position : position + 1])
            if self.server.stopping:
                return
            time.sleep(seconds_per_byte)

    def _write_file(self, response: Response) -> None:
        if response.path is None:
            return
        left = response.length()
        with response.path.open("rb") as file:
            file.seek(response.first)
            while left > 0 and (chunk := file.read(min(CHUNK, left))):
                self.wfile.write(chunk)
                left -= len(chunk)

    def _break_tls(self) -> None:
        """Say something that no secure connection says, and hang up."""
        with socket.socket(fileno=os.dup(self.connection.fileno())) as bare:
            bare.sendall(b"HTTP/1.0 400 This is no longer a secure connection\r\n\r\n")
            bare.shutdown(socket.SHUT_WR)

    def _hang_up(self, *, resets: bool) -> None:
        """Close the connection, politely or with a reset."""
        if resets:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of the library's own; `handle_any` writes one line for each request."""


class SandboxServer(ThreadingHTTPServer):
    """A server with a thread for each connection; none of them keeps the process from ending."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True
    stopping = False

    def __init__(self, app: App, port: int, tls: ssl.SSLContext | None = None) -> None:
        if ":" in app.settings.host:
            self.address_family = socket.AF_INET6
        super().__init__((app.settings.host, port), Handler)
        self.app = app
        self.tls = tls

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a connection that broke; log anything else."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError | ssl.SSLError):
            log.exception("A connection failed")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
