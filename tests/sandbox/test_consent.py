"""The page that stands in for the platform's own."""

from urllib.parse import parse_qs, urlsplit

import requests

from tests.sandbox.conftest import Team

BACK = "https://dash.example/connect/return/abc?keep=1"
CANCELLED = "https://dash.example/cancelled"


def _page(team: Team, platform: str = "pinterest", **query: str) -> str:
    query = {"profileId": team.profile, "redirectUri": BACK, "cancelRedirectUri": CANCELLED, **query}
    return str(team.sandbox.call("GET", f"/v1/connect/{platform}", params=query).json()["url"])


def _answer(page: str, **fields: str) -> requests.Response:
    return requests.post(page, data={"action": "allow", **fields}, allow_redirects=False, timeout=5)


def test_page_says_that_it_is_not_the_real_one(team: Team) -> None:
    text = requests.get(_page(team), timeout=5).text
    assert "Sandbox: this stands in for Pinterest’s own page." in text
    for name in ("Atelier Nordlicht", "Kornhaus Küche", "Studio Leer", "A new one"):
        assert name in text


def test_policy_allows_only_the_ways_back(team: Team) -> None:
    policy = requests.get(_page(team), timeout=5).headers["Content-Security-Policy"]
    assert "form-action 'self' https://dash.example" in policy
    assert "unsafe" not in policy


def test_allowing_leads_back_with_a_query_that_lies(team: Team) -> None:
    answer = _answer(_page(team), identity="703124598812340022")
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    connected = {one["id"] for one in team.sandbox.integrations(team.profile)}
    assert (answer.status_code, query["keep"], query["success"]) == (303, ["1"], ["true"])
    assert query["accountId"][0] not in connected
    assert len(connected) == 3


def test_cancelling_connects_nothing(team: Team) -> None:
    answer = _answer(_page(team), action="cancel", identity="703124598812340022")
    assert answer.headers["Location"].startswith(f"{CANCELLED}?error=access_denied")
    assert len(team.sandbox.integrations(team.profile)) == 2


def test_cancelling_without_an_address_for_it_goes_to_the_other(team: Team) -> None:
    page = team.sandbox.call("GET", "/v1/connect/pinterest", params={"redirectUri": BACK}).json()["url"]
    assert _answer(page, action="cancel").headers["Location"].startswith("https://dash.example/connect/return/abc")


def test_page_works_once(team: Team) -> None:
    page = _page(team)
    _answer(page, identity="new", new_name="First")
    assert _answer(page, identity="new", new_name="Second").status_code == 410
    assert requests.get(page, timeout=5).status_code == 410


def test_nobody_chosen_is_asked_again(team: Team) -> None:
    page = _page(team)
    assert _answer(page).status_code == 422
    assert _answer(page, identity="someone else").status_code == 422


def test_connecting_again_renews_the_same_integration(team: Team) -> None:
    team.sandbox.control("accounts", {"id": team.pinterest, "reason": "token_expired"})
    _answer(_page(team), identity="703124598812340011")
    account = team.sandbox.call("GET", f"/v1/connect/integrations/{team.pinterest}").json()["integration"]
    assert (account["authStatus"], account["authFailureReason"]) == ("active", None)
    assert len(team.sandbox.integrations(team.profile)) == 2


def test_connecting_after_a_disconnection_makes_a_new_integration(team: Team) -> None:
    team.sandbox.call("DELETE", f"/v1/connect/integrations/{team.pinterest}")
    again = team.sandbox.connect("pinterest", team.profile)
    account = team.sandbox.call("GET", f"/v1/connect/integrations/{again}").json()["integration"]
    assert again != team.pinterest
    assert account["platformUserId"] == "703124598812340011"


def test_same_identity_in_another_profile_is_another_integration(team: Team) -> None:
    other = team.sandbox.call("POST", "/v1/profiles", json={"name": "Other"}).json()["profile"]["id"]
    assert team.sandbox.connect("pinterest", other) != team.pinterest


def test_new_identity_has_the_name_it_was_given(team: Team) -> None:
    _answer(_page(team), identity="new", new_name="<b>Ünal & Söhne</b>")
    assert "<b>Ünal & Söhne</b>" in [one["displayName"] for one in team.sandbox.integrations(team.profile)]
    assert "&lt;b&gt;Ünal &amp; Söhne&lt;/b&gt;" in requests.get(_page(team), timeout=5).text


def test_linkedin_offers_two(team: Team) -> None:
    text = requests.get(_page(team, "linkedin"), timeout=5).text
    assert "Nordlicht Studio GmbH" in text
    assert "Mira Okafor" in text


def test_way_back_has_to_be_a_web_address(team: Team) -> None:
    answer = team.sandbox.call("GET", "/v1/connect/pinterest", params={"redirectUri": "javascript:alert(1)"})
    assert answer.status_code == 400


def test_another_sites_form_connects_nothing(team: Team) -> None:
    page = _page(team)
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = requests.post(page, data={"action": "allow", "identity": "new"}, headers=headers, timeout=5)
    assert answer.status_code == 403


def test_page_suggests_who_has_to_be_renewed(team: Team) -> None:
    team.sandbox.control("accounts", {"id": team.pinterest, "reason": "token_expired"})
    assert 'value="703124598812340011" required checked' in requests.get(_page(team), timeout=5).text


def test_page_suggests_someone_who_is_not_connected_yet(team: Team) -> None:
    assert 'value="703124598812340022" required checked' in requests.get(_page(team), timeout=5).text
