"""Guessing passwords and asking for links: counted by address, by account and network, and telling nothing."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client, RequestFactory

from postpeer_dash.teams.mfa import MFAAdapter
from postpeer_dash.teams.models import Mail
from postpeer_dash.web.models import RateLimitCounter
from tests.cast import PASSWORD, Cast


def guess(email: str = "bob@example.com", password: str = "not it at all", **headers: str) -> Any:
    return Client(headers={key.replace("_", "-"): value for key, value in headers.items()}).post(
        "/auth/login/", {"login": email, "password": password}
    )


def is_stopped(answer: Any) -> bool:
    return answer.status_code == 429 or "Too many" in answer.content.decode()


def test_guessing_at_one_account_is_stopped_from_wherever_it_comes(cast: Cast, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    answers = [guess(X_Forwarded_For=f"198.51.100.{number}") for number in range(12)]
    assert [is_stopped(answer) for answer in answers] == [False] * 8 + [True] * 4


def test_guessing_from_one_address_is_stopped_whatever_the_account(cast: Cast) -> None:
    answers = [guess(f"person{number}@example.com") for number in range(14)]
    assert [is_stopped(answer) for answer in answers] == [False] * 10 + [True] * 4


def test_made_up_forwarded_address_does_not_get_around_it(cast: Cast) -> None:
    answers = [guess(f"person{n}@example.com", X_Forwarded_For=f"198.51.100.{n}") for n in range(12)]
    assert is_stopped(answers[-1])


def test_made_up_entries_before_the_proxys_own_do_not_get_around_it(cast: Cast, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    answers = [guess(f"person{n}@example.com", X_Forwarded_For=f"10.0.0.{n}, 203.0.113.5") for n in range(12)]
    assert is_stopped(answers[-1])


def test_right_password_does_not_count(cast: Cast) -> None:
    for _sign_in in range(12):
        assert guess(password=PASSWORD).status_code == 302


def test_right_password_helps_nobody_once_it_is_stopped(cast: Cast) -> None:
    for _try in range(8):
        guess()
    assert is_stopped(guess(password=PASSWORD))


def test_answer_to_a_wrong_password_is_that_to_an_unknown_address(cast: Cast) -> None:
    known, unknown = guess("bob@example.com"), guess("nob@example.com")
    assert known.status_code == unknown.status_code
    same = [answer.content.decode().replace("nob@", "bob@") for answer in (known, unknown)]
    tokens = [str(answer.context["csrf_token"]) for answer in (known, unknown)]
    assert same[0].replace(tokens[0], "") == same[1].replace(tokens[1], "")


@pytest.mark.parametrize("email", ["bob@example.com", "nobody@example.com"])
def test_every_sign_in_hashes_one_password(cast: Cast, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    counted = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: counted.append(1) or encode(*given))
    guess(email)
    assert len(counted) == 1


def from_everywhere(count: int, password: str = "not it at all") -> list[Any]:
    """Guesses at bob's account, each from another network."""
    return [guess(password=password, X_Forwarded_For=f"198.{number}.100.7") for number in range(count)]


def signed_in_before(email: str = "bob@example.com") -> Client:
    """Return a browser in which somebody has signed in, and out again."""
    client = Client()
    assert client.post("/auth/login/", {"login": email, "password": PASSWORD}).status_code == 302
    client.post("/auth/logout/")
    return client


def test_guessing_elsewhere_does_not_lock_the_owner_out(cast: Cast, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    assert is_stopped([guess(X_Forwarded_For="198.51.100.9") for _try in range(9)][-1])
    assert guess(password=PASSWORD, X_Forwarded_For="203.0.113.5").status_code == 302


@pytest.mark.parametrize(
    ("addresses", "is_one"),
    [
        (["198.51.100.1", "198.51.100.254"], True),
        (["198.51.100.1", "198.51.101.1"], False),
        (["2001:db8:7:1::1", "2001:db8:7:ffff::1"], True),
        (["2001:db8:7::1", "2001:db8:8::1"], False),
    ],
)
def test_network_is_counted_as_one(cast: Cast, settings: Any, addresses: list[str], is_one: bool) -> None:
    settings.BEHIND_PROXY = True
    for _try in range(8):
        guess(X_Forwarded_For=addresses[0])
    assert is_stopped(guess(X_Forwarded_For=addresses[1])) is is_one


def test_guessing_from_many_networks_is_stopped_in_the_end(cast: Cast, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    answers = from_everywhere(61)
    assert [is_stopped(answer) for answer in answers] == [False] * 60 + [True]


def test_browser_that_signed_in_before_is_spared(cast: Cast, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    browser = signed_in_before()
    from_everywhere(61)
    assert is_stopped(guess(password=PASSWORD, X_Forwarded_For="203.0.113.5"))
    assert browser.post("/auth/login/", {"login": "BOB@example.com", "password": PASSWORD}).status_code == 302


def test_browser_that_signed_in_before_does_not_guess_forever(cast: Cast) -> None:
    browser = signed_in_before()
    answers = [browser.post("/auth/login/", {"login": "bob@example.com", "password": "no"}) for _try in range(9)]
    assert [is_stopped(answer) for answer in answers] == [False] * 8 + [True]


def test_browser_is_known_for_its_own_account_alone(cast: Cast) -> None:
    browser = signed_in_before("cora@example.com")
    for _try in range(8):
        guess()
    assert is_stopped(browser.post("/auth/login/", {"login": "bob@example.com", "password": PASSWORD}))


def test_people_who_share_a_browser_are_all_known(cast: Cast) -> None:
    browser = signed_in_before()
    browser.post("/auth/login/", {"login": "cora@example.com", "password": PASSWORD})
    browser.post("/auth/logout/")
    for _try in range(8):
        guess()
    assert browser.post("/auth/login/", {"login": "bob@example.com", "password": PASSWORD}).status_code == 302


def test_browser_is_forgotten_when_the_password_changes(cast: Cast) -> None:
    browser = signed_in_before()
    cast.bob.set_password("another long password")
    cast.bob.save()
    for _try in range(8):
        guess()
    assert is_stopped(browser.post("/auth/login/", {"login": "bob@example.com", "password": "another long password"}))


def test_browser_in_which_the_password_was_changed_stays_known(cast: Cast) -> None:
    browser = Client()
    browser.post("/auth/login/", {"login": "bob@example.com", "password": PASSWORD})
    new = "another long password"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert browser.post("/auth/password/change/", fields).status_code == 302
    browser.post("/auth/logout/")
    for _try in range(8):
        guess()
    assert browser.post("/auth/login/", {"login": "bob@example.com", "password": new}).status_code == 302


@pytest.mark.parametrize("made_up", ["x", "W10:1tt0:AAAA", "", "bob@example.com"])
def test_made_up_cookie_is_no_known_browser(cast: Cast, made_up: str) -> None:
    browser = Client()
    browser.cookies["dash_known"] = browser.cookies["dash_known_8000"] = made_up
    for _try in range(8):
        browser.post("/auth/login/", {"login": "bob@example.com", "password": "no"})
    assert is_stopped(browser.post("/auth/login/", {"login": "bob@example.com", "password": PASSWORD}))


@pytest.mark.parametrize("email", ["bob@example.com", "nobody@example.com"])
def test_known_browser_asks_as_much_of_the_database_for_every_address(
    cast: Cast, email: str, django_assert_num_queries: Any
) -> None:
    from postpeer_dash.teams.known_browsers import find_known_browser

    browser = signed_in_before("cora@example.com")
    request = RequestFactory().post("/auth/login/")
    request.COOKIES.update({name: morsel.value for name, morsel in browser.cookies.items()})
    with django_assert_num_queries(1):
        assert find_known_browser(request, email) == ""
    assert find_known_browser(request, "cora@example.com")


def test_cookie_of_a_known_browser_tells_scripts_and_other_sites_nothing(cast: Cast, settings: Any) -> None:
    morsel = signed_in_before().cookies[settings.KNOWN_BROWSER_COOKIE_NAME]
    assert morsel["httponly"] and morsel["samesite"] == "Lax" and cast.bob.password not in morsel.value
    assert "bob" not in morsel.value and int(morsel["max-age"]) == 365 * 24 * 3600


def test_stranger_gets_no_such_cookie(cast: Cast, settings: Any) -> None:
    client = Client()
    client.get("/auth/login/")
    client.post("/auth/login/", {"login": "bob@example.com", "password": "no"})
    assert settings.KNOWN_BROWSER_COOKIE_NAME not in client.cookies


def ask_for_link(email: str, **headers: str) -> Any:
    return Client(headers={key.replace("_", "-"): value for key, value in headers.items()}).post(
        "/auth/password/reset/", {"email": email}
    )


def test_asking_for_a_link_is_answered_alike_for_everybody(cast: Cast) -> None:
    known, unknown = ask_for_link("bob@example.com"), ask_for_link("nobody@example.com")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert known.content == unknown.content


def test_asking_for_a_link_waits_for_no_mail_server(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.nowhere"
    for email in ("bob@example.com", "nobody@example.com"):
        assert ask_for_link(email).status_code == 302
    assert Mail.objects.count() == 2


def test_asking_for_links_is_stopped_by_account(cast: Cast, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    for email in ("bob@example.com", "nobody@example.com"):
        answers = [ask_for_link(email, X_Forwarded_For=f"198.51.100.{number}") for number in range(5)]
        assert [answer.status_code for answer in answers[:4]] == [302] * 4
        assert is_stopped(answers[4])


def test_asking_for_links_elsewhere_does_not_keep_the_owner_from_asking(cast: Cast, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    assert is_stopped([ask_for_link("bob@example.com", X_Forwarded_For="198.51.100.9") for _try in range(5)][-1])
    for number in range(4):
        assert ask_for_link("bob@example.com", X_Forwarded_For=f"203.0.{number}.5").status_code == 302


def test_browser_that_signed_in_before_may_ask_for_a_link(cast: Cast, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    browser = signed_in_before()
    answers = [ask_for_link("bob@example.com", X_Forwarded_For=f"198.{number}.100.7") for number in range(21)]
    assert [is_stopped(answer) for answer in answers] == [False] * 20 + [True]
    answers = [browser.post("/auth/password/reset/", {"email": "bob@example.com"}) for _try in range(5)]
    assert [is_stopped(answer) for answer in answers] == [False] * 4 + [True]


def test_asking_for_links_is_stopped_by_address(cast: Cast) -> None:
    answers = [ask_for_link(f"person{number}@example.com") for number in range(11)]
    assert is_stopped(answers[-1])


def test_link_leads_to_this_site_whatever_the_request_claims(cast: Cast, settings: Any, mailoutbox: list[Any]) -> None:
    from postpeer_dash.teams.mail import deliver_mail

    settings.SITE_URL = "https://pins.example.com"
    settings.ALLOWED_HOSTS = ["*"]
    Client(headers={"Host": "evil.example"}).post("/auth/password/reset/", {"email": "bob@example.com"})
    deliver_mail(Mail.objects.get().pk)
    assert "https://pins.example.com/auth/password/reset/key/" in mailoutbox[0].body
    assert "evil.example" not in mailoutbox[0].body


def test_connecting_is_counted_by_person(cast: Cast, postpeer_wire: Any) -> None:
    client = Client()
    client.force_login(cast.alice)
    RateLimitCounter.objects.all().delete()
    from postpeer_dash.web import limits

    for _try in range(20):
        limits.consume(limits.CONNECT, address="192.0.2.1", user=cast.alice.pk)
    answer = client.post("/t/nordlicht/accounts/connect/pinterest/")
    assert "begun very often" in answer.content.decode()


def test_setting_up_is_counted_by_address(db: None) -> None:
    answers = [Client().post("/setup/?token=guess", {}) for _try in range(11)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]


def test_sealing_anew_survives_the_loss_of_the_old_key(cast: Cast, settings: Any) -> None:
    row = Authenticator.objects.create(
        user=cast.bob, type="totp", data={"secret": MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")}
    )
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "the next key, of as many signs as it takes",
    )
    call_command("reseal")
    settings.SECRET_KEY_FALLBACKS = []
    row.refresh_from_db()
    assert MFAAdapter().decrypt(row.data["secret"]) == "JBSWY3DPEHPK3PXP"
