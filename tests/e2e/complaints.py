"""What goes wrong in a page without anybody seeing it: errors in the console, refused content, missing files."""

import re
from typing import Any

_FILES = {"script", "stylesheet", "font", "manifest"}


class Complaints:
    """Collects from every page of a context; a test fails at its end when anything is left.

    An answer of 4xx to a page or to a fragment isn't a complaint: tests ask for those on purpose. A test that expects
    something else here says so first, with `expect("part of it")`.
    """

    def __init__(self) -> None:
        self._found: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Lets what matches this regular expression pass."""
        self._expected.append(pattern)

    def listen(self, context: Any) -> None:
        """Take in whatever the pages of this context have to say."""
        context.on("console", self._take_console)
        context.on("weberror", lambda error: self._found.append(f"script: {error.error}"))
        context.on("response", self._take_response)
        context.on("requestfailed", self._take_failure)

    def _take_console(self, message: Any) -> None:
        # The browser repeats there every answer that isn't a 2xx; `_take_response` judges those.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._found.append(f"console: {message.text}")

    def _take_response(self, response: Any) -> None:
        is_file = response.request.resource_type in _FILES
        if response.status >= 500 or (is_file and response.status >= 400):
            self._found.append(f"{response.status}: {response.url}")

    def _take_failure(self, request: Any) -> None:
        if request.resource_type in _FILES:
            self._found.append(f"not loaded: {request.url}")

    def left(self) -> list[str]:
        """Return what was found and not expected."""
        return [text for text in self._found if not any(re.search(pattern, text) for pattern in self._expected)]
