"""`manage.py probe_postpeer` against the sandbox: what it asks first, what it does, removes and tells."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from postpeer_dash.installation import probe_steps, probing
from postpeer_dash.installation.management.commands import probe_postpeer
from postpeer_dash.installation.probe_picture import has_label, make_picture
from postpeer_dash.installation.probe_steps import STEPS, Probe
from postpeer_dash.postpeer import Board, Client, Integration, Timeouts, Unclear
from tests.postpeer.wire import Wire
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.long
KEY = "canary-key-0123456789"
BOARD = "Kitchen trials"


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    with SandboxProcess(delay_scale=0, key=KEY) as started:
        yield started
        assert started.log == ""


class Place:
    """A sandbox with one Pinterest account, its secret board, and a LinkedIn page."""

    def __init__(self, process: SandboxProcess) -> None:
        process.control("reset", {})
        self.process = process
        profile = process.call("POST", "/v1/profiles", json={"name": "Nordlicht"}).json()["profile"]["id"]
        self.pinterest, self.linkedin = process.connect("pinterest", profile), process.connect("linkedin", profile)
        process.control("boards", {"accountId": self.pinterest, "add": [{"name": BOARD, "privacy": "SECRET"}]})
        self.integrations = process.integrations(profile)

    def posts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.process.call("GET", "/v1/posts").json()["posts"]
        return found

    @property
    def used(self) -> int:
        return int(self.process.call("GET", "/v1/usage").json()["balance"]["monthly"]["used"])


@pytest.fixture
def place(process: SandboxProcess, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Place:
    settings.POSTPEER_BASE_URL, settings.POSTPEER_API_KEY, settings.VAR = process.base_url, KEY, tmp_path
    monkeypatch.setattr(Probe.__init__, "__defaults__", (None, no_sleep, *Probe.__init__.__defaults__[2:]))
    return Place(process)


def no_sleep(seconds: float) -> None:
    return None


def run(*arguments: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("probe_postpeer", *arguments, stdout=out)
    return out.getvalue()


def take(*steps: str, more: tuple[str, ...] = ()) -> str:
    return run(*(word for step in steps for word in ("--step", step)), "--board", BOARD, *more)


def report(folder: Path) -> dict[str, Any]:
    [path] = folder.glob("probe-*.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def found(folder: Path) -> dict[str, Any]:
    """Return what each step found."""
    return {result["step"]: result.get("found") for result in report(folder)["results"]}


def test_nothing_is_done_that_nobody_chose(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.POSTPEER_BASE_URL = "http://127.0.0.1:9"
    monkeypatch.setattr(probe_postpeer, "probe_client", pytest.fail)
    said = run()
    assert "nothing was done" in said
    for step in STEPS:
        assert step.name in said and f"costs {step.costs}" in said and f"publishes {step.publishes}" in said


def test_only_what_was_answered_with_yes_is_done(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers = iter(["y", "", "no", "perhaps", "n", "n", "y"])
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))
    run("--board", BOARD)
    assert list(found(tmp_path)) == ["boards"]
    assert found(tmp_path)["boards"]["is_that_all"] is True
    assert place.used == 0


def test_board_that_others_can_see_is_refused(place: Place) -> None:
    place.process.control("boards", {"accountId": place.pinterest, "add": [{"name": "Open", "privacy": "PUBLIC"}]})
    with pytest.raises(CommandError, match="'Open' isn’t secret"):
        run("--step", "post", "--board", "Open")
    assert place.posts() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--step", "post"), "name it with --board"),
        (("--step", "posts", "--board", BOARD), "There is no step called 'posts'. The steps are: boards, picture"),
        (("--step", "post", "--board", "Nowhere"), "No board is called 'Nowhere'"),
        (("--step", "post", "--board", BOARD, "--account", "nobody"), "Name one of your Pinterest accounts"),
        (("--step", "credits", "--board", BOARD, "--other-account", "nobody"), "isn’t the id of an account"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_done(place: Place, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=re.escape(words)):
        run(*arguments)
    assert (place.posts(), place.used) == ([], 0)


def test_all_steps_are_answered_and_everything_is_removed(place: Place, tmp_path: Path) -> None:
    said = take(*(step.name for step in STEPS), more=("--other-account", place.linkedin))
    answers = found(tmp_path)
    assert answers["boards"]["count"] > 1 and answers["boards"]["secret"] >= 1
    assert answers["picture"] == {
        "bytes_sent": len(make_picture()),
        "bytes_found": len(make_picture()),
        "is_the_same": True,
        "label_survives": True,
    }
    assert answers["post"]["status_in_the_end"] == "published" and answers["post"]["has_link_in_the_end"]
    assert answers["post"]["credits"] == 1
    # Its own limit is the documented one.
    assert [answers["long-text"][length]["http_status"] for length in ("800", "501")] == [400, 400]
    assert answers["credits"]["platforms"] == ["pinterest", "linkedin"]
    assert answers["credits"]["credits_when_scheduled"] == 1
    # The sandbox has no figures.
    assert report(tmp_path)["results"][-1]["status"] == "failed"
    assert report(tmp_path)["could_not_be_removed"] == 0
    assert place.posts() == []
    assert "costs 1 credit, and 1 to delete the pin" in said


def test_report_tells_nothing_of_whose_account_it_was(place: Place, tmp_path: Path) -> None:
    place.process.faults(
        {"name": "platform_rejects", "message": f"Board {BOARD} of linden.home: see https://pinterest.com/x {KEY}"}
    )
    said = take("boards", "picture", "post", "long-text", "credits", more=("--other-account", place.linkedin))
    place.process.faults()
    [text], [data] = tmp_path.glob("probe-*.txt"), tmp_path.glob("probe-*.json")
    telling = [KEY, BOARD, "://", "@"]
    for one in place.integrations:
        telling += [
            one[name] for name in ("id", "username", "displayName", "platformUserId", "profileUrl") if one[name]
        ]
    for part in telling:
        assert part not in text.read_text() and part not in data.read_text()
    assert KEY not in said


def test_text_of_a_refusal_is_told_without_names_and_links() -> None:
    told = probing._without(
        {"message": "No board 549755885175 of @Ada, see https://x.test/a or ada@x.test. Too long."}, set()
    )
    assert told["message"] == "No board … of …, see … or … Too long."
    assert probing._without("Linden Home is full", {"Linden Home"}) == "… is full"


def test_lost_answer_is_looked_for_and_removed(place: Place, tmp_path: Path) -> None:
    place.process.faults({"name": "cut_after", "method": "POST", "path": "/v1/posts", "times": 1})
    take("post")
    assert report(tmp_path)["results"][0]["status"] == "failed"
    assert place.posts() == []


def test_ctrl_c_removes_what_was_made_and_leaves_out_the_rest(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.process.control("settings", {"publish_seconds": 1})

    def press(self: Client, post_id: str) -> Any:
        assert place.posts()
        raise KeyboardInterrupt

    monkeypatch.setattr(Client, "get_post", press)
    said = take("post", "long-text")
    assert [result["status"] for result in report(tmp_path)["results"]] == ["interrupted"]
    assert place.posts() == []
    assert "What was made is removed now" in said


def test_what_cannot_be_removed_is_listed(place: Place, tmp_path: Path) -> None:
    place.process.faults({"name": "error_before", "method": "DELETE", "path": "/v1/posts/*"})
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("probe_postpeer", "--step", "post", "--board", BOARD, stdout=out)
    place.process.faults()
    assert ended.value.code == 1
    [post] = place.posts()
    assert "delete it by hand: http" in out.getvalue()
    assert report(tmp_path)["could_not_be_removed"] == 1
    assert post["postId"] not in json.dumps(report(tmp_path))


def test_text_that_is_too_long_is_tried_shorter(postpeer_wire: Wire) -> None:
    probe = make_probe(postpeer_wire)
    probe.picture_url = "https://media.test/probe.png"
    refusal = {"success": False, "message": "content must be at most 500 characters"}
    postpeer_wire.post("/v1/posts", status=400, json=refusal, repeat=True)
    figures = probe_steps.publish_long_texts(probe)
    assert [(length, one["is_taken"], one["http_status"]) for length, one in figures.items()] == [
        ("800", False, 400),
        ("501", False, 400),
    ]
    assert [len(call.json["content"]) for call in postpeer_wire.calls] == [800, 501]
    assert probe.made == []


def test_figures_are_counted_by_their_names(postpeer_wire: Wire) -> None:
    postpeer_wire.get("/v1/usage", json={"success": True, "totalUsage": 3, "usage": []}, repeat=True)
    post = {"postId": "p", "aggregated": {"likes": 3, "saves": None}, "isLive": True}
    postpeer_wire.get("/v1/analytics", json={"success": True, "posts": [post, post]}, tolerance=True)
    assert probe_steps.read_figures(make_probe(postpeer_wire)) == {
        "posts": 2,
        "figures": {"likes": {"given": 2, "empty": 0}, "saves": {"given": 0, "empty": 2}},
        "credits": None,
    }


class Silent:
    def say(self, text: str) -> None:
        return None

    def ask(self, question: str) -> bool | None:
        return None


def make_probe(wire: Wire) -> Probe:
    client = Client(base_url=wire.base_url, api_key=wire.key, timeouts=Timeouts(), retries=0)
    account, board = Integration("int_1", "pinterest"), Board("549755885175", BOARD, privacy="SECRET")
    return Probe(client, Silent(), account, board, probing.make_marker(), sleep=no_sleep)


def test_step_that_fails_without_a_clear_answer_stays_on_the_list(postpeer_wire: Wire) -> None:
    probe = make_probe(postpeer_wire)
    probe.picture_url = "https://media.test/probe.png"
    postpeer_wire.post("/v1/posts", status=502, raw=b"", tolerance=True, repeat=True)
    postpeer_wire.get("/v1/posts", json={"success": True, "total": 0, "posts": []}, repeat=True)
    with pytest.raises(Unclear):
        probe_steps.publish_long_texts(probe)
    [left] = probing.clean_up(probe)
    assert left.post_id == ""


def test_picture_of_another_form_has_no_label() -> None:
    assert has_label(make_picture())
    assert not has_label(b"\x89PNG")
