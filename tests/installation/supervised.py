"""A supervisor with children made for tests: `python -m tests.installation.supervised FOLDER COMMAND…`

Each COMMAND is Python code, run in a process of its own; its first line's pid lands in FOLDER/pids.
"""

import os
import sys
from pathlib import Path

from postpeer_dash.installation.start_error import StartError
from postpeer_dash.installation.supervisor import Interrupted, Supervisor

PREAMBLE = "import os, signal, subprocess, sys, time; open('pids', 'a').write(f'{os.getpid()}\\n');"


def say_waiting() -> None:
    sys.stdout.write("waiting\n")
    sys.stdout.flush()


def main(folder: str, *codes: str) -> int:
    supervisor = Supervisor(folder=Path(folder))
    try:
        for number, code in enumerate(codes, start=1):
            supervisor.start(
                f"Child {number}",
                [sys.executable, "-c", PREAMBLE + code],
                dict(os.environ),
                is_restarted=bool(os.environ.get("RESTARTED")),
            )
        supervisor.watch()
    except StartError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    except Interrupted:
        return 0
    finally:
        supervisor.stop(grace=float(os.environ.get("GRACE", "5")), waiting=say_waiting)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
