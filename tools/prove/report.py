"""The table of figures, and docs/reliability.md around it."""

import os
import platform
from datetime import UTC, datetime
from typing import Any

from tools.prove.judge import ZEROS
from tools.prove.proof import MACHINE_PARTS, PARTS, SCALE
from tools.prove.scenarios import ALONE
from tools.prove.worker import POINTS

_BEGIN = """# Reliability

What this page shows: that a pin goes out once when it is wanted once, and that none is lost, whatever goes wrong on the
way. PostPeer takes a post without a key that would let it notice a repetition, so all of this is the dashboard's own
doing. How it works stands in [architecture](architecture.md); this is the proof, and its limits.
"""

_REMAINS = """## What remains

Said plainly, since no dashboard can promise more than the service behind it lets it know:

- **A deed later than all waits.** A post that PostPeer carries out, or first shows in its list, more than twenty minutes
  after the request that asked for it can come beside a second attempt that a person has pressed for meanwhile. It is
  looked for once more within two minutes before the second attempt leaves, watched for a day after, said aloud in the pin's
  timeline, and called back if it is only scheduled.
- **A list that lies.** When PostPeer's list leaves out a post and says that it is complete, twice, at least five minutes
  apart, the pin counts as not taken. Then it is shown as failed with a button, and not sent again by itself, except
  once for a scheduled pin with half an hour to go.
- **A person who says what isn't so.** "It is not there, send again" is believed after one more complete reading.
- **Posts made elsewhere with the same content.** A post that another program makes through the same PostPeer, with the
  very same body, to the same account, within the time that is read, is taken for the one that is looked for.
- **A process that is stopped while it holds SQLite's lock** holds up every other one until it goes on or is ended. Time
  in which nobody could write isn't counted under "stuck in sending". Postgres doesn't have this.
- **A machine that is suspended** between the last look at the clock and the first byte, which are microseconds apart.
- **A change of a scheduled pin.** PostPeer's record shows a scheduled post's time and text. For its title, link, board,
  alt text and colour the answer counts; when that is lost and the pin is out, the page says that nobody can tell.
- **Platforms.** What PostPeer calls published counts as published; whether the platform shows it is the platform's.
"""


def count_table(results: list[dict[str, Any]]) -> str:
    """Return what must be zero, for each database."""
    return _table(
        ["", *(result["database"] for result in results)],
        [[name, *(result["counts"][name] for result in results)] for name in ZEROS],
    )


def figure_table(results: list[dict[str, Any]]) -> str:
    """Return what was done and measured."""
    names: list[str] = []
    for result in results:
        names += [name for name in result["figures"] if name not in names]
    rows: list[list[Any]] = [
        ["pins handed in", *(result["wishes"] for result in results)],
        ["submissions (second attempts among them)", *(result["submissions"] for result in results)],
        ["really published, by the ledger", *(result["published"] for result in results)],
        ["workers ended by SIGKILL", *(result["deaths"].get("SIGKILL", 0) for result in results)],
        ["frozen workers ended by their timer", *(result["deaths"].get("SIGALRM", 0) for result in results)],
        ["workers that ended to be started anew", *(result["deaths"].get("exit 1", 0) for result in results)],
        *([name, *(_shown(result["figures"].get(name, "")) for result in results)] for name in names),
        ["seconds", *(result["seconds"] for result in results)],
    ]
    return _table(["", *(result["database"] for result in results)], rows)


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(head: list[str], rows: list[list[Any]]) -> str:
    lines = ["| " + " | ".join(head).lstrip() + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def write_document(results: list[dict[str, Any]], skipped: dict[str, str], command: str) -> str:
    """Return the whole page."""
    today = datetime.now(UTC).strftime("%-d %B %Y")
    cores, python = os.cpu_count(), platform.python_version()
    about = f"Run on {today} with `{command}`, {cores} cores, Python {python}."
    missing = "".join(f"\n{name} was skipped: {reason}.\n" for name, reason in skipped.items())
    missed = "".join(f"- {result['database']}: {line}\n" for result in results for line in result["misses"])
    missing += f"\nNot good in this run:\n\n{missed}" if missed else ""
    return "\n".join(
        [
            _BEGIN,
            "## The figures\n",
            f"{about}\nEach of the first seven has to be 0, and what has a bound below it; "
            f"the command ends with an error otherwise.\n{missing}",
            count_table(results),
            "",
            figure_table(results),
            "",
            _how(),
            _REMAINS,
        ]
    )


def _how() -> str:
    faults = "\n".join(f"- {name}" for name in ALONE)
    scenes = "\n".join(f"- {name}" for name, _scene, _share in PARTS)
    machine_scenes = "\n".join(f"- {name}" for name, _scene, _share in MACHINE_PARTS)
    return f"""## How it is shown

`make prove` starts what production runs: gunicorn and worker processes, on SQLite, then on Postgres, then on Postgres with
workers of two machines, where its binaries are found. With `ARGS=--full` it plays as much as these figures are of, and
writes this page. In PostPeer's place stands the sandbox, over TLS, which can be told to misbehave and keeps a ledger of what was
really published, to which account and board, that nothing can change afterwards. Pins are handed in through the compose
page's own form. Every wait of the protocol is multiplied by {SCALE:.3f} (`TIME_SCALE`), so that a lease of two minutes
lasts {120 * SCALE:.0f} seconds; an hour is passed over by moving the clock of the rows. How soon a POST leaves is measured
without that, with production's own settings. "Bell to start" goes from the moment a pin is asked for, in the transaction
that makes it due, to a worker's claim.

"Stuck in sending" counts a lease that ended more than a minute ago ({60 * SCALE:.0f} seconds here) and that no worker has written
down, in time in which one was there to do so: a worker that was killed needs seconds to start again, and those can't be
scaled.

At the end everything is left to settle, a person decides what only a person can (by looking at what is published) and
presses "Send again" once on everything that failed. Then three sides are compared: what people wanted, what the dashboard
shows, and the ledger.

The scenarios:

{scenes}

And where there are two machines:

{machine_scenes}

Such a machine is a Unix user of its own (when run by root) with a checkout, `VAR`, home and temporary folder of its own that
nobody else may open; shared are the database, `SECRET_KEY`, PostPeer's address and key, and, read-only, the installed
packages. The one that is lost loses all its workers at one moment, in the middle of their requests, and none of them is
started again. While Postgres is away people see an error page and press again. After each of these pins are handed in one by
one until a worker begins at once again, and then fifteen more, which are the figure.

The faults, alone and mixed:

{faults}

Workers are killed with `kill -9` at each of these points, and at random: {", ".join(POINTS).replace("_", " ")}.

`make prove-mutants` plants one defect at a time into a running worker and has to see each of them. `make test` plays a
short form of all this, and stories told by chance over the same code with PostPeer faked (`STORIES=500` plays more).
"""
