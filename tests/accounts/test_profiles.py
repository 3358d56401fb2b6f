import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from django.db import connection
from django.utils import timezone

from postpeer_dash.accounts import profiles
from postpeer_dash.accounts.models import Profile
from postpeer_dash.accounts.profiles import ProfileBusyError, ensure_profile
from postpeer_dash.postpeer import PostPeerError, Unclear
from tests.accounts.factories import make_profile
from tests.cast import Cast
from tests.postpeer.samples import a_profile, profile_list
from tests.postpeer.wire import Wire


def created(**fields: Any) -> dict[str, Any]:
    return {"success": True, "profile": a_profile(**fields)}


def test_first_account_makes_the_profile(cast: Cast, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/profiles", json=created(id="prof_9"))
    profile = ensure_profile(cast.team, client=postpeer_wire.client())
    assert profile.remote_id == "prof_9"
    assert Profile.objects.get().remote_id == "prof_9"
    assert postpeer_wire.calls[0].json["name"] == profile.name
    assert profile.name.startswith("Nordlicht (")


def test_profile_is_made_once(cast: Cast, postpeer_wire: Wire) -> None:
    make_profile(cast.team)
    assert ensure_profile(cast.team, client=postpeer_wire.client()).remote_id == "prof_1"
    assert postpeer_wire.calls == []


def test_name_is_stored_before_the_post(cast: Cast, postpeer_wire: Wire) -> None:
    seen: list[str] = []
    postpeer_wire.post("/v1/profiles", json=created(), does=lambda sent: seen.append(Profile.objects.get().name))
    ensure_profile(cast.team, client=postpeer_wire.client())
    assert seen == [postpeer_wire.calls[0].json["name"]]


def test_lost_answer_is_looked_up_before_creating_again(cast: Cast, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/profiles", raises=requests.ReadTimeout())
    with pytest.raises(Unclear):
        ensure_profile(cast.team, client=postpeer_wire.client())
    name = Profile.objects.get().name
    near = a_profile(id="prof_a", name=f"{name} and more")
    postpeer_wire.get("/v1/profiles", json=profile_list(near, a_profile(id="prof_lost", name=name)))
    assert ensure_profile(cast.team, client=postpeer_wire.client()).remote_id == "prof_lost"
    assert [call.method for call in postpeer_wire.calls] == ["POST", "GET"]


def test_lost_post_that_was_not_carried_out_is_sent_again(cast: Cast, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/profiles", raises=requests.ConnectionError())
    with pytest.raises(PostPeerError):
        ensure_profile(cast.team, client=postpeer_wire.client())
    postpeer_wire.get("/v1/profiles", json=profile_list())
    postpeer_wire.post("/v1/profiles", json=created(id="prof_2"))
    assert ensure_profile(cast.team, client=postpeer_wire.client()).remote_id == "prof_2"
    assert postpeer_wire.calls[0].json == postpeer_wire.calls[2].json


def test_long_team_name_fits_into_a_profile_name(cast: Cast, postpeer_wire: Wire) -> None:
    cast.team.name = "ü" * 100
    cast.team.save()
    postpeer_wire.post("/v1/profiles", json=created())
    assert len(ensure_profile(cast.team, client=postpeer_wire.client()).name) <= 200


def test_second_person_waits_no_longer_than_a_page(cast: Cast, postpeer_wire: Wire, settings: Any) -> None:
    settings.POSTPEER_PAGE_DEADLINE = 10
    profile = make_profile(cast.team, remote_id="")
    assert profiles._claim(profile)
    settings.POSTPEER_PAGE_DEADLINE = 0
    with pytest.raises(ProfileBusyError):
        ensure_profile(cast.team, client=postpeer_wire.client())
    assert postpeer_wire.calls == []


def test_claim_is_given_back_after_a_failure(cast: Cast, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/profiles", raises=requests.ConnectionError())
    with pytest.raises(PostPeerError):
        ensure_profile(cast.team, client=postpeer_wire.client())
    assert Profile.objects.get().making_until is None


def test_second_person_waits_for_the_first(cast: Cast, postpeer_wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = make_profile(cast.team, remote_id="")
    assert profiles._claim(profile)

    def first_finishes(seconds: float) -> None:
        Profile.objects.update(remote_id="prof_first")

    monkeypatch.setattr(profiles, "time", SimpleNamespace(monotonic=time.monotonic, sleep=first_finishes))
    assert ensure_profile(cast.team, client=postpeer_wire.client()).remote_id == "prof_first"
    assert postpeer_wire.calls == []


def test_claim_nobody_gave_back_ends_by_itself(cast: Cast, postpeer_wire: Wire) -> None:
    profile = make_profile(cast.team, remote_id="", making_until=timezone.now() - timedelta(seconds=1))
    postpeer_wire.get("/v1/profiles", json=profile_list())
    postpeer_wire.post("/v1/profiles", json=created())
    ensure_profile(cast.team, client=postpeer_wire.client())
    profile.refresh_from_db()
    assert profile.remote_id == "prof_1"


def test_no_http_in_a_transaction(cast: Cast, postpeer_wire: Wire) -> None:
    depths: list[int] = []
    depth = len(connection.atomic_blocks)
    postpeer_wire.post("/v1/profiles", json=created(), does=lambda sent: depths.append(len(connection.atomic_blocks)))
    ensure_profile(cast.team, client=postpeer_wire.client())
    assert depths == [depth]
