"""The client for PostPeer: one method for each operation this dashboard uses.

The paths named below are those of PostPeer's API reference. Every method raises `PostPeerError` or one of its kinds
(see `errors.classify`), and ValueError for arguments that no request may be made of: an empty id or filter, a time
without a zone, a body that is not JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, BinaryIO, Literal

from postpeer_dash.postpeer import parse
from postpeer_dash.postpeer.addresses import normalise_base_url
from postpeer_dash.postpeer.dialogue import Dialogue, make_error, require_success, to_json
from postpeer_dash.postpeer.errors import Failure, KeyRejected, NotAllowed, Unclear
from postpeer_dash.postpeer.instants import to_wire
from postpeer_dash.postpeer.jsontext import OddShapeError, read_object, read_part
from postpeer_dash.postpeer.transport import Call, KeyAuth, Transport
from postpeer_dash.postpeer.types import (
    BoardReading,
    Integration,
    JsonObject,
    Post,
    PostReading,
    PostReceipt,
    Profile,
    ScheduledPost,
    Timeouts,
    Upload,
    Usage,
)
from postpeer_dash.postpeer.upload import get_file, put_stream


class Client:
    """One PostPeer under one key.

    Reading keeps its connections open for the next call: use it as a context manager, or `close()` it. It may not be
    shared between threads. `timeouts` are in seconds, its deadline spans a whole method, pages and retries included;
    `retries` is how often a GET may be repeated. `ca_bundle` is a file of certificates to trust in place of the usual.
    `turn` is held for as long as the client is used as a context manager.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        timeouts: Timeouts | None = None,
        retries: int = 2,
        ca_bundle: str = "",
        turn: AbstractContextManager[None] | None = None,
    ) -> None:
        self.base_url = normalise_base_url(base_url)
        self._timeouts = timeouts or Timeouts()
        auth = _make_auth(api_key, self.base_url)
        del api_key
        if auth is None:
            raise ValueError("The API key is empty or holds characters that a header can't carry.")
        transport = Transport(self.base_url, auth, self._timeouts, retries, ca_bundle)
        self._dialogue = Dialogue(transport, self._timeouts.deadline)
        self._turn = turn or nullcontext()

    def __repr__(self) -> str:
        return f"<Client {self.base_url}>"

    def __enter__(self) -> Client:
        self._turn.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        finally:
            self._turn.__exit__(kind, error, trace)

    def close(self) -> None:
        """Close the connections kept for reading."""
        self._dialogue.close()

    # Health

    def check_health(self) -> bool:
        """Tell whether PostPeer says that it is well (`GET /v1/health`, sent without the key)."""
        return self._dialogue.ask(Call("GET", "/v1/health", has_key=False), _read_ok)

    def check_key(self) -> bool:
        """Tell whether the key is accepted (`GET /v1/health/auth`): False when PostPeer refuses it, else it raises."""
        try:
            return self._dialogue.ask(Call("GET", "/v1/health/auth"), _read_ok)
        except (KeyRejected, NotAllowed):
            return False
        except Unclear as error:
            # A 401 speaks of the key even without a body; a bare 403 can come from any wall on the way.
            if error.status == 401:
                return False
            raise

    # Accounts

    def connect_url(self, platform: str, *, redirect_uri: str, cancel_redirect_uri: str, profile_id: str) -> str:
        """Return the address of the platform's consent page (`GET /v1/connect/{platform}`), absolute http or https.

        What was connected is learned only by asking afterwards: nothing in the browser's return can be trusted.
        """
        query = {
            "redirectUri": redirect_uri,
            "cancelRedirectUri": cancel_redirect_uri,
            "profileId": profile_id,
        }
        return self._dialogue.ask(Call("GET", "/v1/connect/{id}", platform, query), parse.parse_connect_url)

    def list_integrations(self, *, profile_id: str | None = None, platform: str | None = None) -> list[Integration]:
        """Return the connected accounts, paged to the end (`GET /v1/connect/integrations`).

        Unreadable ones are left out. An account missing here is not proof that it is gone: ask `get_integration`.
        """
        query = {"profileId": profile_id, "platform": platform, "sort": "asc"}
        return self._dialogue.read_list(
            Call("GET", "/v1/connect/integrations", query=query), "integrations", parse.parse_integration, "id"
        )

    def get_integration(self, integration_id: str) -> Integration:
        """Return one connected account (`GET /v1/connect/integrations/{id}`); raises NotFound when it is gone."""
        return self._dialogue.ask(
            Call("GET", "/v1/connect/integrations/{id}", integration_id),
            lambda data: parse.parse_integration(read_part(data, "integration")),
        )

    def move_integration(self, integration_id: str, *, profile_id: str | None) -> Integration:
        """Move an account to another profile, or out of any (`PATCH /v1/connect/integrations/{id}`)."""
        if profile_id is not None and not profile_id.strip():
            raise ValueError("profile_id must not be empty")
        body = to_json({"profileId": profile_id})
        return self._dialogue.ask(
            Call("PATCH", "/v1/connect/integrations/{id}", integration_id, body=body),
            lambda data: parse.parse_integration(read_part(require_success(data), "integration")),
        )

    def disconnect_integration(self, integration_id: str) -> None:
        """Disconnect an account (`DELETE /v1/connect/integrations/{id}`); raises NotFound when it is gone already."""
        self._dialogue.ask(Call("DELETE", "/v1/connect/integrations/{id}", integration_id), require_success)

    # Profiles

    def create_profile(self, *, name: str, description: str = "") -> Profile:
        """Make a profile (`POST /v1/profiles`). Not repeatable: after an unclear answer look it up by its name."""
        if not name.strip():
            raise ValueError("name must not be empty")
        content = {"name": name, "description": description} if description else {"name": name}
        return self._dialogue.ask(
            Call("POST", "/v1/profiles", body=to_json(content)),
            lambda data: parse.with_short_id(parse.parse_profile, "id")(read_part(require_success(data), "profile")),
        )

    def list_profiles(self, *, name: str | None = None) -> list[Profile]:
        """Return the profiles, paged to the end (`GET /v1/profiles`).

        Whether PostPeer matches `name` as a whole is not documented: compare it yourself.
        """
        return self._dialogue.read_list(
            Call("GET", "/v1/profiles", query={"name": name}),
            "profiles",
            parse.with_short_id(parse.parse_profile, "id"),
            "id",
        )

    def get_profile(self, profile_id: str) -> Profile:
        """Return one profile (`GET /v1/profiles/{id}`); raises NotFound."""
        return self._dialogue.ask(
            Call("GET", "/v1/profiles/{id}", profile_id),
            lambda data: parse.parse_profile(read_part(data, "profile")),
        )

    # Boards

    def list_boards(self, account_id: str) -> BoardReading:
        """Return an account's Pinterest boards (`GET /v1/pinterest/boards`); the answer is not paged and has no total.

        Without an account PostPeer answers for the first one of the whole project, so the id is always sent.
        """
        boards = self._dialogue.ask(
            Call("GET", "/v1/pinterest/boards", query={"accountId": account_id}),
            lambda data: parse.parse_elements(data, "boards", parse.parse_board),
        )
        reading = BoardReading(board for board in boards if board is not None)
        reading.listed = len(boards)
        return reading

    # Posts

    def create_post(self, body: Mapping[str, Any]) -> PostReceipt:
        """Send a post, once (`POST /v1/posts`); the body goes out as it is. PostPeer charges 1 credit for it.

        Any 2xx with a post id is a receipt, even when every platform failed. An error with `may_have_happened` means
        that only `list_posts` can tell.
        """
        read = parse.with_short_id(parse.parse_receipt, "post_id")
        receipt, answer = self._dialogue.exchange(Call("POST", "/v1/posts", body=to_json(body)), read)
        return replace(receipt, request_id=answer.request_id, http_status=answer.status, server_date=answer.server_date)

    def get_post(self, post_id: str) -> Post:
        """Return PostPeer's record of a post (`GET /v1/posts/{id}`); raises NotFound."""
        return self._dialogue.ask(
            Call("GET", "/v1/posts/{id}", post_id), lambda data: parse.parse_post(read_part(data, "post"))
        )

    def list_posts(
        self,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        status: str | None = None,
        profile_id: str | None = None,
        sort: Literal["asc", "desc"] = "asc",
        max_posts: int = 20_000,
    ) -> PostReading:
        """Walk through the list of posts (`GET /v1/posts`) and say whether everything was seen.

        Stops at `max_posts`, which makes the reading incomplete. Times must be aware.
        """
        query = {
            "createdAfter": to_wire(created_after) if created_after else None,
            "createdBefore": to_wire(created_before) if created_before else None,
            "status": status,
            "profileId": profile_id,
            "sort": sort,
        }
        call = Call("GET", "/v1/posts", query=query)
        read = parse.with_short_id(parse.parse_post, "post_id")
        pages = self._dialogue.read_pages(call, "posts", read, max_items=max_posts)
        elements = [post for page in pages for post in page.elements]
        posts: dict[str, Post] = {}
        for post in elements:
            if post is not None:
                posts.setdefault(post.post_id, post)
        totals = {page.total for page in pages}
        is_complete = totals == {len(posts)} and len(elements) == len(posts)
        return PostReading(tuple(posts.values()), pages[-1].total or 0, is_complete, pages[0].answer.server_date)

    def delete_post(self, post_id: str, *, delete_from_platforms: bool = False) -> None:
        """Delete the record of a post (`DELETE /v1/posts/{id}`).

        With `delete_from_platforms` also what it published, where supported, for 1 credit each.
        """
        query = {"deleteFromPlatforms": "true"} if delete_from_platforms else {}
        self._dialogue.ask(Call("DELETE", "/v1/posts/{id}", post_id, query), require_success)

    # Scheduled posts

    def list_scheduled(self) -> list[ScheduledPost]:
        """Return the posts that wait for their time, paged to the end (`GET /v1/posts/scheduled`)."""
        call = Call("GET", "/v1/posts/scheduled", query={"sort": "asc"})
        return self._dialogue.read_list(call, "posts", parse.parse_scheduled, "post_id")

    def edit_scheduled(self, post_id: str, body: Mapping[str, Any]) -> str:
        """Replace a waiting post's content (`PUT /v1/posts/scheduled/{id}`); Conflict when it waits no longer.

        Repeatable: the same body leads to the same post. Returns PostPeer's request id, "" when it names none.
        """
        call = Call("PUT", "/v1/posts/scheduled/{id}", post_id, body=to_json(body))
        return self._dialogue.exchange(call, require_success)[1].request_id

    def move_scheduled(self, post_id: str, *, scheduled_for: datetime) -> str:
        """Give a waiting post another time (`PATCH /v1/posts/scheduled/{id}`); Conflict when it waits no longer.

        Repeatable. Returns PostPeer's request id, "" when it names none.
        """
        body = to_json({"scheduledFor": to_wire(scheduled_for), "timezone": "UTC"})
        call = Call("PATCH", "/v1/posts/scheduled/{id}", post_id, body=body)
        return self._dialogue.exchange(call, require_success)[1].request_id

    def cancel_scheduled(self, post_id: str) -> None:
        """Cancel a waiting post (`DELETE /v1/posts/scheduled/{id}`); it becomes a draft. Conflict when too late."""
        self._dialogue.ask(Call("DELETE", "/v1/posts/scheduled/{id}", post_id), require_success)

    # Media and usage

    def create_upload(self, *, filename: str, mime_type: str) -> Upload:
        """Ask where to put a file (`POST /v1/media/upload`); only image/* and video/* are taken."""
        body = to_json({"filename": filename, "mimeType": mime_type})
        return self._dialogue.ask(
            Call("POST", "/v1/media/upload", body=body), lambda data: parse.parse_upload(require_success(data))
        )

    def put_media(self, upload: Upload, *, stream: BinaryIO, length: int, mime_type: str) -> None:
        """Send a file's bytes to the address of `create_upload`, without the key, as they are read.

        length: bytes, and all that is sent. mime_type: the same as for `create_upload`, or the address refuses it.
        """
        if length <= 0:
            raise ValueError("length must be positive")
        outcome = put_stream(
            upload.upload_url, stream=stream, length=length, mime_type=mime_type, timeouts=self._timeouts
        )
        if isinstance(outcome, Failure):
            raise make_error(outcome, None, is_write=True)
        if not 200 <= outcome.status < 300:
            raise make_error(outcome, read_object(outcome.body), is_write=True)

    def get_media(self, url: str) -> bytes:
        """Return the bytes of a file at the `public_url` of an upload, without the key."""
        outcome = get_file(url, timeouts=self._timeouts)
        if isinstance(outcome, Failure):
            raise make_error(outcome, None, is_write=False)
        if not 200 <= outcome.status < 300:
            raise make_error(outcome, read_object(outcome.body), is_write=False)
        return outcome.body

    def get_analytics(self, account_id: str, *, platform: str, limit: int = 100) -> JsonObject:
        """Return one page of an account's figures as PostPeer gives them (`GET /v1/analytics`), for 1 credit."""
        query = {"platform": platform, "accountId": account_id, "source": "platform", "limit": str(limit)}
        return self._dialogue.ask(Call("GET", "/v1/analytics", query=query), require_success)

    def get_usage(self, *, profile_id: str | None = None) -> Usage:
        """Return what was used (`GET /v1/usage`); balances only come for the whole project."""
        return self._dialogue.ask(Call("GET", "/v1/usage", query={"profileId": profile_id}), parse.parse_usage)


def _make_auth(key: str, base_url: str) -> KeyAuth | None:
    text = key.strip()
    return KeyAuth(text, base_url) if text and text.isascii() and text.isprintable() and " " not in text else None


def _read_ok(data: JsonObject) -> bool:
    if not isinstance(data.get("ok"), bool):
        raise OddShapeError("ok")
    return data["ok"] is True
