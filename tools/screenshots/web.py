"""The web process of the pictures: the real application under a clock that stands, one request after the other."""

import os
import sys
import threading
import time
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from tools.screenshots.frozen import Chance, freeze
from tools.screenshots.instance import find_sandbox

# Set by the browser where a page shall look as it does on an instance that can send mail.
MAIL_COOKIE = ("pictures_mail", "1")


class _Server(ThreadingMixIn, WSGIServer):
    # A browser opens connections that it says nothing on; in a single thread they would hold up the others.
    daemon_threads = True
    request_queue_size = 64


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class Repeatable:
    """Answers each request with the randomness that belongs to its address, so that no other one has a part in it."""

    def __init__(self, application: Any, chance: Chance) -> None:
        self._application, self._chance, self._lock = application, chance, threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        from django.conf import settings

        with self._lock:
            self._chance.restart(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
            settings.HAS_MAIL = "=".join(MAIL_COOKIE) in environ.get("HTTP_COOKIE", "")
            answer = self._application(environ, start_response)
            try:
                return [b"".join(answer)]
            finally:
                if hasattr(answer, "close"):
                    answer.close()


def _end_with_parent(parent: int) -> None:
    """End with the process that started this one, also when it was killed."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def main() -> None:
    """Serve on a port of the loopback until told to stop."""
    _traveller, chance = freeze()
    find_sandbox()
    from django.core.wsgi import get_wsgi_application

    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    application = Repeatable(get_wsgi_application(), chance)
    make_server("127.0.0.1", int(sys.argv[1]), application, _Server, _Quiet).serve_forever()


if __name__ == "__main__":
    main()
