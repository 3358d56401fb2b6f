"""The demo's story holds together: what it names is there, and it keeps every rule of a pin."""

from pathlib import Path

import pytest
from django.conf import settings

from postpeer_dash.demo.cast import people
from postpeer_dash.demo.pictures import ALTS, COLORS
from postpeer_dash.demo.places import CLIENT, PLACES, PROFILES, TEAM
from postpeer_dash.demo.story import CLIENT_PAST, IN_MOTION, PAST, Scene
from postpeer_dash.pins import rules
from postpeer_dash.pins.models import Review, Status
from postpeer_dash.teams.models import Role
from postpeer_dash.web.time_zones import find_zone

SCENES = [*IN_MOTION, *PAST, *CLIENT_PAST]
BOARDS = {
    team: {name for place in PLACES if place.team == team for name, _privacy in place.boards} for team in PROFILES
}
PICTURES = settings.BASE_DIR / "postpeer_dash" / "sandbox"


def name_of(scene: Scene) -> str:
    return f"{scene.picture}-{scene.title[:20]}"


@pytest.mark.parametrize("scene", SCENES, ids=name_of)
def test_scene_keeps_the_rules_of_a_pin(scene: Scene) -> None:
    rules.check_length(scene.title, rules.TITLE_MAX, what="The title")
    rules.check_length(scene.text, rules.DESCRIPTION_MAX, what="The description")
    rules.check_length(ALTS[scene.picture], rules.ALT_TEXT_MAX, what="The alt text")
    assert rules.check_color(COLORS[scene.picture]) == COLORS[scene.picture]
    assert scene.title or scene.text


@pytest.mark.parametrize("scene", SCENES, ids=name_of)
def test_scene_names_what_is_there(scene: Scene) -> None:
    assert scene.status in Status.values
    assert scene.linkedin in ("", *Status.values)
    assert scene.review in ("", *Review.values)
    assert scene.author in {person.key for person in people()}
    assert find_zone(scene.time_zone) is not None


@pytest.mark.parametrize(
    ("team", "scenes"), [(TEAM, IN_MOTION), (TEAM, PAST), (CLIENT, CLIENT_PAST)], ids=["in motion", "past", "client"]
)
def test_scenes_go_to_boards_of_their_team(team: str, scenes: tuple[Scene, ...]) -> None:
    assert {scene.board for scene in scenes} <= BOARDS[team]


@pytest.mark.parametrize("scene", PAST, ids=name_of)
def test_past_is_past(scene: Scene) -> None:
    assert scene.status in {Status.PUBLISHED, Status.PARTIAL, Status.FAILED, Status.CANCELLED}
    assert scene.day < 0 or (scene.minutes or 0) < 0


@pytest.mark.parametrize("scene", [scene for scene in IN_MOTION if scene.status == Status.SCHEDULED], ids=name_of)
def test_scheduled_scene_is_ahead(scene: Scene) -> None:
    assert scene.day > 0 or (scene.minutes or 0) > 60


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene.status == Status.FAILED], ids=name_of)
def test_failure_has_the_platforms_words(scene: Scene) -> None:
    assert scene.error.endswith(".")


def test_pictures_have_a_colour_an_alt_text_and_a_file() -> None:
    assert set(COLORS) == set(ALTS) >= {scene.picture for scene in SCENES} | {place.picture for place in PLACES}
    files = {path.stem for path in Path(PICTURES).rglob("*.jpg")}
    assert set(COLORS) <= files


def test_places_have_ids_of_their_own() -> None:
    assert len({place.remote_id for place in PLACES}) == len(PLACES)
    assert len({place.user_id for place in PLACES}) == len(PLACES)
    assert {place.team for place in PLACES} == set(PROFILES)


@pytest.mark.parametrize("place", [place for place in PLACES if place.boards], ids=lambda place: place.username)
def test_boards_of_a_place_have_different_names(place: object) -> None:
    names = [name for name, _privacy in place.boards]  # type: ignore[attr-defined]
    assert len(set(names)) == len(names)


def test_everybody_joined_before_they_were_seen() -> None:
    assert all(person.joined > person.seen for person in people())


def test_each_role_can_be_tried_and_the_owner_joined_first() -> None:
    assert {person.role for person in people()} == set(Role.values)
    assert people()[0].role == Role.OWNER
    assert people()[0].joined == max(person.joined for person in people())
    assert all(person.email.endswith(".example") for person in people())
