"""`python -m postpeer_dash.sandbox`: start the sandbox and serve until told to stop."""

import argparse
import contextlib
import fcntl
import ipaddress
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn
from urllib.parse import urlsplit

from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.publishing import Publisher
from postpeer_dash.sandbox.server import SandboxServer
from postpeer_dash.sandbox.settings import Settings
from postpeer_dash.sandbox.store import Store
from postpeer_dash.sandbox.tls import make_context

PARENT_POLL_SECONDS = 0.5


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)  # noqa: T201
    raise SystemExit(2)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m postpeer_dash.sandbox", description="An embedded PostPeer.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps everything")
    parser.add_argument("--key", required=True, help="the access key it accepts")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--tls-port", type=int, help="a second port, with TLS; 0 takes a free one, see /control/state")
    parser.add_argument("--public-url", default="", help="how browsers reach it")
    parser.add_argument("--delay-scale", type=float, default=1.0, help="0 publishes at once")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the starting process ends")
    parser.add_argument("--verbose", action="store_true", help="one line for each request")
    return parser.parse_args(arguments)


def _check(options: argparse.Namespace) -> None:
    if os.environ.get("POSTPEER_DASH_ENV") == "production":
        _refuse("The sandbox doesn't start in production: it would only pretend to publish.")
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address("127.0.0.1" if options.host == "localhost" else options.host).is_loopback:
            return
    _refuse(f"The sandbox listens on loopback only, not on {options.host}.")


def _lock(state: Path) -> IO[str]:
    """Hold the folder for this process alone, until it ends."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = (state / "lock").open("w")
    except OSError as error:
        _refuse(f"The sandbox can't write to {state}: {error.strerror}.")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _refuse(f"Another sandbox is using {state}.")
    return lock


def _serve(options: argparse.Namespace) -> None:
    settings = Settings(
        state=options.state,
        key=options.key,
        host="127.0.0.1" if options.host == "localhost" else options.host,
        port=options.port,
        delay_scale=options.delay_scale,
    )
    app = App(settings, Store(options.state))
    try:
        server = SandboxServer(app, settings.port)
        secure = _make_secure(app, options)
    except (OSError, OverflowError) as error:
        _refuse(f"The sandbox can't listen on port {options.port}: {getattr(error, 'strerror', None) or error}.")
    settings.port = server.server_address[1]
    own_url = f"http://localhost:{settings.port}"
    settings.public_url = (options.public_url or own_url).rstrip("/")
    if secure is not None:
        settings.tls_url = f"https://localhost:{secure.server_address[1]}"
        threading.Thread(target=secure.serve_forever, daemon=True).start()
    publisher = Publisher(app)

    def stop(_signal: int = 0, _frame: FrameType | None = None) -> None:
        server.stopping = True
        # shutdown() waits for the loop that this very thread may be running.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if options.exit_with_parent:
        threading.Thread(target=_watch_parent, args=(os.getppid(), stop), daemon=True).start()
    publisher.start()
    threading.Thread(target=app.structure.warm_up, daemon=True).start()
    print(f"sandbox ready {own_url}", flush=True)  # noqa: T201
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.server_close()
        publisher.stop()
        app.store.close()


def _make_secure(app: App, options: argparse.Namespace) -> SandboxServer | None:
    """Return the secure listener, when one is asked for."""
    return None if options.tls_port is None else SandboxServer(app, options.tls_port, make_context(options.state))


def _watch_parent(parent: int, stop: "signal._HANDLER") -> None:
    """End with the process that started this one, also when it was killed."""
    while os.getppid() == parent:
        time.sleep(PARENT_POLL_SECONDS)
    if callable(stop):
        stop(signal.SIGTERM, None)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, refuse what can't be, serve."""
    options = _parse(arguments)
    _check(options)
    parts = urlsplit(options.public_url or "http://localhost")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        _refuse(f"--public-url takes an http or https address, not {options.public_url}.")
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="sandbox: %(message)s")
    with _lock(options.state):
        _serve(options)


if __name__ == "__main__":
    main()
