import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from postpeer_dash.pins.work import WorkerProcess


class Command(BaseCommand):
    help = "Sends what waits, asks PostPeer about what is on its way, and reads boards: several things at a time."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, default=settings.WORKER_THREADS, help="how many at a time")
        parser.add_argument(
            "--exit-with-parent", action="store_true", help="stop when the process that started it ends"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        WorkerProcess(threads=options["threads"], exit_with_parent=options["exit_with_parent"]).run()
