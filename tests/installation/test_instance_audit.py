"""The audit of the installation: what belongs to no team, for the owner of the installation alone."""

import csv
import io

from django.test import Client

from postpeer_dash.teams.models import AuditEvent
from postpeer_dash.teams.services import record_audit
from postpeer_dash.teams.sign_in_audit import note_sign_in
from tests.cast import Cast

URL = "/instance/audit/"


def actions(client: Client, query: str = "") -> list[str]:
    return [event.action for event, _words in client.get(URL + query).context["events"]]


def read_csv(client: Client, query: str = "") -> list[list[str]]:
    response = client.get(f"{URL}csv/{query}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_sign_in_stands_there_once(cast: Cast, owner: Client) -> None:
    note_sign_in(cast.bob, "sign_in.done", "198.51.100.4")
    assert actions(owner) == ["sign_in.done"]


def test_what_stops_every_team_stands_there(cast: Cast, owner: Client) -> None:
    owner.post("/instance/stop/")
    assert "sending.stopped" in actions(owner)


def test_lines_of_teams_stay_with_the_teams(cast: Cast, owner: Client) -> None:
    record_audit(action="member.removed", team=cast.other_team, subject="Secret harbour")
    assert "Secret harbour" not in owner.get(URL).content.decode()


def test_lines_of_a_deleted_team_are_found_here(cast: Cast, owner: Client) -> None:
    AuditEvent(action="team.deleted", team=None, team_name="Old Mill").save()
    page = owner.get(URL).content.decode()
    assert "Old Mill" in page
    assert read_csv(owner)[1][-1] == "Old Mill"


def test_sign_ins_of_a_deleted_team_are_not_said_twice(cast: Cast, owner: Client) -> None:
    note_sign_in(cast.charlie, "sign_in.done", None)
    cast.other_team.delete()
    assert actions(owner) == ["sign_in.done"]


def test_lines_are_narrowed_down_by_person_and_action(cast: Cast, owner: Client) -> None:
    note_sign_in(cast.bob, "sign_in.done", None)
    note_sign_in(cast.charlie, "sign_in.out", None)
    assert actions(owner, f"?who={cast.bob.pk}") == ["sign_in.done"]
    assert [row[2] for row in read_csv(owner, "?action=sign_in.out")[1:]] == ["sign_in.out"]


def test_file_has_a_name_of_its_own(owner: Client) -> None:
    response = owner.get(f"{URL}csv/")
    assert response.headers["Content-Disposition"] == 'attachment; filename="audit-installation.csv"'


def test_owner_of_a_team_is_not_let_in(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.charlie)
    assert client.get(URL).status_code == 404
    assert client.get(f"{URL}csv/").status_code == 404
