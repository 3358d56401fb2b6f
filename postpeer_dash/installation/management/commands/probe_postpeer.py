"""`manage.py probe_postpeer`: ask a real PostPeer what its documentation leaves open, and write down the answers."""

import argparse
import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from postpeer_dash import __version__
from postpeer_dash.accounts.error_sentences import sentence_for
from postpeer_dash.accounts.postpeer import probe_client
from postpeer_dash.installation.probe_steps import STEPS, Made, Probe, Step
from postpeer_dash.installation.probing import (
    ProbeError,
    clean_up,
    find_account,
    find_board,
    find_other_account,
    make_marker,
    make_report,
    run_steps,
    steps_named,
    write_text,
)
from postpeer_dash.postpeer import Client, PostPeerError


class Command(BaseCommand):
    help = "Answers open questions about PostPeer under your key. Does nothing but what you choose, and says its cost first."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Step are chosen by name, or one after another at the terminal."""
        names = ", ".join(step.name for step in STEPS)
        parser.add_argument("--step", action="append", default=[], metavar="NAME", help=f"take this step: {names}")
        parser.add_argument("--board", default="", help="a secret board of yours, by its name: pins go nowhere else")
        parser.add_argument("--account", default="", help="the Pinterest account, where there are several")
        parser.add_argument(
            "--other-account", default="", metavar="ID", help="another platform's, for the step credits"
        )
        parser.add_argument("--output", default="", metavar="FOLDER", help="where the report goes (the data folder)")

    def handle(self, **options: Any) -> None:
        """Exit 0 with a report, or with nothing done when nothing was chosen; 1 when something couldn't be removed."""
        self.is_interactive = not options["step"] and sys.stdin is not None and sys.stdin.isatty()
        try:
            steps = steps_named(options["step"]) if options["step"] else self._choose()
            if not steps:
                self.say("Nothing was chosen, and nothing was done. Choose with --step NAME.")
                return
            if not options["board"]:
                raise ProbeError("Make a secret board on Pinterest for this, and name it with --board.")
            with probe_client() as client:
                left = self._probe(client, steps, options)
        except ProbeError as error:
            raise CommandError(str(error)) from None
        except PostPeerError as error:
            raise CommandError(f"{settings.POSTPEER_BASE_URL}: {sentence_for(error)}") from None
        if left:
            sys.exit(1)

    def say(self, text: str) -> None:
        """Print a line at once."""
        self.stdout.write(text)
        self.stdout.flush()

    def ask(self, question: str) -> bool | None:
        """Ask at the terminal; anything but y and n is no answer."""
        if not self.is_interactive:
            return None
        try:
            return {"y": True, "yes": True, "n": False, "no": False}.get(
                input(f"    {question} [y/n] ").strip().lower()
            )
        except EOFError:
            return None

    def _choose(self) -> list[Step]:
        self.say(f"Each step is taken only if you say so, at {settings.POSTPEER_BASE_URL}:")
        chosen = []
        for step in STEPS:
            self.say(f"\n  {step.name}: {step.asks}\n    costs {step.costs}\n    publishes {step.publishes}")
            if self.ask("Take this step?"):
                chosen.append(step)
        return chosen

    def _probe(self, client: Client, steps: list[Step], options: dict[str, Any]) -> list[Made]:
        account = find_account(client, options["account"])
        probe = Probe(
            client=client,
            talk=self,
            account=account,
            board=find_board(client, account, options["board"]),
            other_account=find_other_account(client, options["other_account"]),
            marker=make_marker(),
        )
        for step in steps:
            self.say(f"{step.name} costs {step.costs}; it publishes {step.publishes}.")
        before = signal.signal(signal.SIGTERM, _interrupt)
        try:
            results = run_steps(probe, steps)
        finally:
            left = clean_up(probe)
            signal.signal(signal.SIGTERM, before)
            for made in left:
                self.say(f"  {_name_leftover(made)}")
        self._write(make_report(probe, results, left, __version__), Path(options["output"] or settings.VAR))
        return left

    def _write(self, report: dict[str, Any], folder: Path) -> None:
        text = write_text(report)
        stem = folder / f"probe-{report['date']}"
        self.say(f"\n{text}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stem.with_suffix(".json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
            stem.with_suffix(".txt").write_text(text)
        except OSError as error:
            raise CommandError(f"The report can’t be written to {folder}: {error.strerror}.") from None
        self.say(f"Written to {stem}.json and {stem.name}.txt: no key, no names, no links. Fit for an issue.")


def _name_leftover(made: Made) -> str:
    if not made.post_id:
        return f"PostPeer gave no clear answer, so look for a post that begins with “{made.marker}”, and delete it."
    return f"Not removed, so delete it by hand: {made.url or f'post {made.post_id}'} (“{made.marker}”)"


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
