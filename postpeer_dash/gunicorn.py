"""The configuration of gunicorn: `gunicorn -c python:postpeer_dash.gunicorn postpeer_dash.wsgi`.

Everything here comes from the environment; docs/configuration.md explains it.
"""

import gc
import os
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from postpeer_dash.env import read_bind, read_bool, read_int, read_web_threads, read_web_workers

try:
    _port = read_int(os.environ, "PORT", default=8000, min_value=1, max_value=65534)
    bind = read_bind(os.environ, "BIND", default=f"127.0.0.1:{_port}")
    # Threads wait for PostPeer and for the database.
    workers, threads = read_web_workers(os.environ), read_web_threads(os.environ)
    _is_behind_proxy = read_bool(os.environ, "BEHIND_PROXY")
except ImproperlyConfigured as error:
    sys.exit(str(error))

# gunicorn's own threads wait for slow clients without end, and `timeout` below never sees it.
worker_class = "postpeer_dash.gunicorn_worker.BufferingWorker"

# Loaded once and then forked: half the start-up work, and the code's memory is shared.
preload_app = True

# Seconds for which a process may be stuck as a whole; what a client may take stands in the worker.
timeout = 60
graceful_timeout = 20
keepalive = 5
# A heartbeat file on a disk can block a worker for seconds.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # nosec B108

# Only a proxy of ours may say how a visitor came; without one, nobody may.
forwarded_allow_ips = "*" if _is_behind_proxy else ""

# Files go through the worker's own buffer, as all answers do.
sendfile = False

accesslog = None
loglevel = "warning"
control_socket_disable = True
proc_name = "postpeer-dash"


def on_starting(_server: Any) -> None:
    """Create the folder that uploads pass through."""
    from django.conf import settings

    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)


def when_ready(_server: Any) -> None:
    """Load every view before the processes fork, and freeze what they share, so that the collector copies none."""
    from django.urls import reverse

    # Looking up one address by its name reads all of them; left to the first visitor, each process would do it anew.
    reverse("root")
    gc.collect()
    gc.freeze()
