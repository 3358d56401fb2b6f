from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest
import time_machine

from tests.postpeer.wire import SERVER_DATE


@pytest.fixture
def same_clock() -> Iterator[None]:
    """Our clock and PostPeer's, as the wire tells it, agree."""
    with time_machine.travel(parsedate_to_datetime(SERVER_DATE), tick=True):
        yield
