"""No kind of slow request holds more than its share of a process's threads."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, UnreadablePostError
from django.test import RequestFactory

from postpeer_dash.boards.reading import refresh_boards
from postpeer_dash.web import file_requests, thread_shares
from postpeer_dash.web.file_requests import UploadLimitMiddleware, accepts_upload
from postpeer_dash.web.thread_shares import Kind, NoTurnError, ThreadShares
from tests.accounts.factories import make_account
from tests.cast import Cast, SignIn


def hold_in_threads(shares: ThreadShares, kind: Kind, count: int) -> tuple[int, threading.Event]:
    """So many threads that try to hold a turn: how many of them got one, and what lets them go."""
    got: list[bool] = []
    go, tried = threading.Event(), threading.Barrier(count + 1)

    def run() -> None:
        try:
            with shares.hold(kind, wait=0):
                got.append(True)
                tried.wait(10)
                go.wait(10)
        except NoTurnError:
            tried.wait(10)

    for _number in range(count):
        threading.Thread(target=run, daemon=True).start()
    tried.wait(10)
    return len(got), go


@pytest.mark.parametrize(
    ("threads", "kind", "most"),
    [
        (2, Kind.POSTPEER, 1),
        (4, Kind.POSTPEER, 2),
        (4, Kind.MEMBERS_BODY, 2),
        (4, Kind.STRANGERS_BODY, 1),
        (5, Kind.MEMBERS_BODY, 2),
        (16, Kind.POSTPEER, 8),
        (16, Kind.STRANGERS_BODY, 4),
    ],
)
def test_each_kind_has_half_of_the_threads_at_most(threads: int, kind: Kind, most: int) -> None:
    got, go = hold_in_threads(ThreadShares(threads), kind, threads + 2)
    go.set()
    assert got == most


@pytest.mark.parametrize("threads", [2, 3, 4, 7, 16])
def test_all_kinds_together_leave_a_thread(threads: int) -> None:
    shares = ThreadShares(threads)
    taken = [hold_in_threads(shares, kind, threads) for kind in Kind]
    for _got, go in taken:
        go.set()
    assert sum(got for got, _go in taken) <= threads - 1


def test_a_thread_that_holds_a_turn_needs_no_second() -> None:
    shares = ThreadShares(2)
    with shares.hold(Kind.MEMBERS_BODY), shares.hold(Kind.POSTPEER, wait=0), shares.hold(Kind.MEMBERS_BODY, wait=0):
        # The one turn there is belongs to this thread.
        assert hold_in_threads(shares, Kind.POSTPEER, 1)[0] == 0
    got, go = hold_in_threads(shares, Kind.POSTPEER, 1)
    go.set()
    assert got == 1


def test_turn_is_given_back_after_an_error() -> None:
    shares = ThreadShares(2)
    for _number in range(3):
        with pytest.raises(KeyError), shares.hold(Kind.POSTPEER, wait=0):
            raise KeyError


def test_who_waits_gets_the_turn_that_becomes_free() -> None:
    shares = ThreadShares(4)
    got, go = hold_in_threads(shares, Kind.POSTPEER, 2)
    threading.Timer(0.01, go.set).start()
    with shares.hold(Kind.POSTPEER, wait=10):
        assert got == 2 and go.is_set()


def test_nobody_waits_in_the_last_free_thread() -> None:
    shares = ThreadShares(4)
    hold_in_threads(shares, Kind.POSTPEER, 2)
    hold_in_threads(shares, Kind.STRANGERS_BODY, 1)
    with pytest.raises(NoTurnError), shares.hold(Kind.POSTPEER, wait=60):
        pass


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadShares]:
    """Yield a process whose turns are all taken by others."""
    shares = ThreadShares(2)
    monkeypatch.setattr(thread_shares, "WAIT", 0)
    with ExitStack() as stack:
        stack.callback(hold_in_threads(shares, Kind.POSTPEER, 1)[1].set)
        for module in ("accounts.postpeer", "web.thread_shares", "web.file_requests", "boards.reading"):
            monkeypatch.setattr(f"postpeer_dash.{module}.thread_shares", lambda: shares)
        yield shares


def test_pressing_connect_without_a_turn_says_so_and_asks_nobody(cast: Cast, as_: SignIn, busy: object) -> None:
    page = as_("alice").post("/t/nordlicht/accounts/connect/pinterest/")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "10"
    assert "others are waiting for it already" in page.content.decode()


def test_fragment_without_a_turn_is_shown(cast: Cast, as_: SignIn, busy: object) -> None:
    page = as_("alice").post("/t/nordlicht/accounts/refresh/", headers={"HX-Request": "true"})
    assert page.status_code == 200


def test_boards_without_a_turn_are_those_that_are_stored(cast: Cast, as_: SignIn, busy: object) -> None:
    account = make_account(cast.team)
    assert refresh_boards(account).read_at is None
    assert as_("bob").get(f"/t/nordlicht/boards/picker/?account={account.pk}").status_code == 200


def test_next_request_of_the_thread_is_not_blamed(cast: Cast, as_: SignIn, busy: ThreadShares) -> None:
    client = as_("alice")
    client.post("/t/nordlicht/accounts/connect/pinterest/")
    assert client.get("/t/nordlicht/accounts/").status_code == 200


def anybody(user: Any) -> bool:
    return True


@accepts_upload(10_000_000, anybody)
def taking(request: Any) -> HttpResponse:
    return HttpResponse()


@accepts_upload(10_000_000, anybody, answers_json=True)
def taking_json(request: Any) -> HttpResponse:
    return HttpResponse()


def send_long(view: Any, *, length: int = 70_000, user: Any = None, kind: str = "multipart/form-data") -> HttpResponse:
    """Return what the middleware and this view answer to a body of this length."""
    request = RequestFactory().post("/", b"", kind, CONTENT_LENGTH=str(length))
    request.user = user or AnonymousUser()
    middleware: UploadLimitMiddleware

    def resolve(request: Any) -> HttpResponse:
        refused = middleware.process_view(request, view, (), {})
        return refused or view(request)

    middleware = UploadLimitMiddleware(resolve)
    answer = middleware(request)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.parametrize(("view", "kind"), [(taking, "text/html"), (taking_json, "application/json")])
def test_long_body_without_a_turn_is_refused_unread(busy: ThreadShares, view: Any, kind: str) -> None:
    answer = send_long(view)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.headers["Content-Type"].startswith(kind)
    assert "None of this was read" in answer.content.decode()


@pytest.mark.parametrize("length", [0, 1_000, 65_536])
def test_short_body_needs_no_turn(busy: ThreadShares, length: int) -> None:
    assert send_long(taking, length=length).status_code == 200


def test_long_body_that_is_no_form_needs_one_too(busy: ThreadShares) -> None:
    assert send_long(taking, kind="application/json").status_code == 503


def test_turn_of_a_long_body_ends_with_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = ThreadShares(2)
    monkeypatch.setattr(file_requests, "thread_shares", lambda: shares)
    member = SimpleNamespace(is_authenticated=True)
    assert [send_long(taking, user=user).status_code for user in (member, None, member, None)] == [200] * 4


@pytest.mark.django_db
def test_body_that_did_not_arrive_whole_is_told(client: Any) -> None:
    class Cut:
        def read(self, size: int = -1) -> bytes:
            raise TimeoutError("the body came too slowly")

        readline = read

    sent = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": "90", "wsgi.input": Cut()}
    answer = client.request(REQUEST_METHOD="POST", PATH_INFO="/auth/login/", **sent)
    assert answer.status_code == 408
    assert "This didn’t arrive whole" in answer.content.decode()
    assert UploadLimitMiddleware(taking).process_exception(RequestFactory().get("/"), ValueError()) is None
    assert isinstance(UnreadablePostError(), OSError)
