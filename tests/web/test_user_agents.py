"""A browser is named, and its header is never quoted."""

import pytest

from postpeer_dash.web.user_agents import describe_user_agent

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/142.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROME} Safari/537.36 OPR/120.0", "Opera on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 {CHROME}", "Samsung Internet on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1 Version/26.0 Safari/605.1", "Safari on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) CriOS/142.0 Mobile Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 26_0 like Mac OS X) FxiOS/140.0 Safari/605.1", "Firefox on iPad"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 16181) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
    ],
)
def test_browser_and_system_are_named(header: str, words: str) -> None:
    assert describe_user_agent(header) == words


@pytest.mark.parametrize(
    ("header", "words"), [("Firefox/140.0", "Firefox"), ("curl on Windows", "Windows"), ("iPhone", "iPhone")]
)
def test_half_of_it_is_better_than_nothing(header: str, words: str) -> None:
    assert describe_user_agent(header) == words


@pytest.mark.parametrize("header", ["", "curl/8.7", "<script>alert(1)</script>"])
def test_unknown_header_is_not_quoted(header: str) -> None:
    assert describe_user_agent(header) == "A browser we don’t know"
