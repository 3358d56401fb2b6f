import pytest
from django.test import Client

from tests.cast import Cast, SignIn


def test_healthz_needs_no_host_and_no_database() -> None:
    response = Client().get("/healthz", headers={"Host": "anything.example"})
    assert response.json() == {"ok": True}


def test_readyz_asks_the_database(db: None) -> None:
    assert Client().get("/readyz").status_code == 200


def test_fragment_for_somebody_signed_out_is_no_sign_in_page(cast: Cast) -> None:
    response = Client().get("/t/nordlicht/pins/", headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (401, b"")


def test_page_for_somebody_signed_out_leads_to_the_sign_in(cast: Cast) -> None:
    response = Client().get("/t/nordlicht/pins/")
    assert response.headers["Location"] == "/auth/login/?next=/t/nordlicht/pins/"


def test_pages_are_kept_by_nobody_else(as_: SignIn) -> None:
    assert as_("bob").get("/me/").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("header", ["Permissions-Policy", "Content-Security-Policy", "X-Content-Type-Options"])
def test_every_page_has_its_headers(as_: SignIn, header: str) -> None:
    assert as_("bob").get("/me/").headers[header]


class TestOtherNamesOfThisMachine:
    @pytest.fixture(autouse=True)
    def local(self, settings: object) -> None:
        settings.SITE_URL, settings.SITE_IS_LOCAL = "http://localhost:8000", True  # type: ignore[attr-defined]
        settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]  # type: ignore[attr-defined]

    def test_lead_to_the_one_the_cookies_are_for(self) -> None:
        response = Client().get("/auth/login/?next=/me/", headers={"Host": "127.0.0.1:8000"})
        assert response.headers["Location"] == "http://localhost:8000/auth/login/?next=/me/"

    def test_of_another_port_are_not_sent_on(self, db: None) -> None:
        assert Client().get("/auth/login/", headers={"Host": "127.0.0.1:9000"}).status_code == 200

    def test_a_form_is_never_sent_on(self, db: None) -> None:
        response = Client().post("/auth/login/", headers={"Host": "127.0.0.1:8000"})
        assert response.status_code == 200
