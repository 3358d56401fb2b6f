"""The real settings, with one made-up job beside the real ones."""

from postpeer_dash.settings import *  # noqa: F403
from postpeer_dash.settings import WORKER_JOBS as _JOBS

WORKER_JOBS = ["tests.worker.far.JOB", *_JOBS]
