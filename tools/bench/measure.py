"""Measuring: each page beside the bare one, in turn, so that a busy moment of the machine hits both."""

import gzip
import json
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tools.bench.servers import Server, ask_module, clean_environ, fetch, running, time_start, wait_for, weigh, worked

CLIENTS = 8
_MAX = 3000  # requests in one go
_WARM_UP = 12


@dataclass(frozen=True)
class Plan:
    """How long everything is measured: rounds, seconds with one client and with eight, and starts."""

    rounds: int
    alone: float
    together: float
    starts: int


@dataclass
class Times:
    """One page of one instance: seconds of each answer."""

    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    seconds: float = 0.0  # that the eight clients took
    work: float = 0.0  # seconds of processor time that the server took for them

    @property
    def rate(self) -> float:
        """Answers a second with eight clients."""
        return len(self.together) / self.seconds

    @property
    def work_ms(self) -> float:
        """Processor time for one answer, which other work on the machine hardly changes."""
        return self.work / len(self.together) * 1000

    def milliseconds(self, part: float, *, is_alone: bool = False) -> float:
        """Return the time within which this part of the answers came."""
        took = sorted(self.alone if is_alone else self.together)
        return took[min(int(len(took) * part), len(took) - 1)] * 1000


@dataclass
class Figures:
    """Everything that was measured. Times are by instance and page; the bare one's by the page it stood beside."""

    times: dict[tuple[str, str], Times] = field(default_factory=lambda: defaultdict(Times))
    memory: dict[str, float] = field(default_factory=dict)
    starts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)  # raw, gzipped


def measure(bare: Server, dashes: Sequence[Server], pages: Sequence[str], plan: Plan) -> Figures:
    """Start everything, measure these pages, and end everything."""
    figures = Figures()
    _measure_starts(bare, dashes, plan, figures)
    with ExitStack() as stack:
        processes = {server.name: stack.enter_context(running(server)) for server in (bare, *dashes)}
        for server in (bare, *dashes):
            for name, path in server.paths.items():
                if server is bare or name in pages:
                    wait_for(server, processes[server.name], path)
                    figures.sizes[server.name, name] = _weigh_page(server, path)
        for turn in range(plan.rounds):
            for page in pages:
                say(f"round {turn + 1} of {plan.rounds}: {page}")
                for server in (bare, *dashes):
                    path = server.paths.get(page, "/")
                    _load(server, processes[server.name], path, plan, figures.times[server.name, page])
        for server in (bare, *dashes):
            figures.memory[server.name] = weigh(processes[server.name])
    return figures


def _measure_starts(bare: Server, dashes: Sequence[Server], plan: Plan, figures: Figures) -> None:
    largest = dashes[-1]
    for turn in range(plan.starts):
        say(f"start {turn + 1} of {plan.starts}")
        figures.starts["bare"].append(time_start(bare, "/"))
        figures.starts["page"].append(time_start(largest, largest.paths["history"]))
        figures.starts["healthz"].append(time_start(largest, "/healthz"))


def _weigh_page(server: Server, path: str) -> tuple[int, int]:
    raw = fetch(server, path, gzip=False) or b""
    zipped = fetch(server, path) or b""
    return len(raw), len(zipped) if zipped[:2] == b"\x1f\x8b" else len(gzip.compress(raw, 6))


def _load(server: Server, process: "subprocess.Popen[bytes]", path: str, plan: Plan, times: Times) -> None:
    _ask(server, path, CLIENTS, 60.0, _WARM_UP)
    times.alone += _ask(server, path, 1, plan.alone, _MAX)["took"]
    before = worked(process)
    answer = _ask(server, path, CLIENTS, plan.together, _MAX)
    times.work += worked(process) - before
    times.together += answer["took"]
    times.seconds += answer["seconds"]


def _ask(server: Server, path: str, clients: int, seconds: float, max_requests: int) -> Any:
    job = {"port": server.port, "path": path, "cookie": server.cookie}
    job |= {"clients": clients, "seconds": seconds, "max_requests": max_requests}
    return ask_module("tools.bench.load", environ=clean_environ(), said=json.dumps(job))


def middle(values: Sequence[float]) -> float:
    """Return the median, which one disturbed measurement doesn't move; 0 without any."""
    return statistics.median(values) if values else 0.0


def say(text: str) -> None:
    """Progress, beside the result."""
    print(text, file=sys.stderr, flush=True)
