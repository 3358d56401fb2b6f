"""The two sentences on top of home, for every number they count."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from postpeer_dash.home.headline import describe_todos, describe_traffic

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLOCK = " It is Tuesday, 13:00 in Berlin."


@pytest.mark.parametrize(
    ("number", "is_mine", "words"),
    [
        (0, True, "Nothing needs you."),
        (0, False, "Nothing needs you."),
        (1, True, "One thing needs you"),
        (1, False, "One thing needs an editor"),
        (2, True, "Two things need you"),
        (12, False, "Twelve things need an editor"),
        (13, True, "13 things need you"),
        (99, True, "99 things need you"),
        (100, True, "99+ things need you"),
        (5_000, False, "99+ things need an editor"),
    ],
)
def test_things_are_counted_in_words(number: int, is_mine: bool, words: str) -> None:
    assert describe_todos(range(number), is_mine=is_mine) == words


@pytest.mark.parametrize(
    ("under_way", "ahead", "late", "is_calm", "words"),
    [
        (0, [], 0, True, "No pin is on its way."),
        (0, [], 0, False, "No pin is on its way."),
        (1, [], 0, True, "One pin is on its way, and it isn’t late."),
        (2, [30], 0, True, "Three pins are on their way and none is late."),
        (0, [], 1, False, "One pin is on its way, and late."),
        (1, [30], 1, False, "Three pins are on their way, one of them late."),
        (0, [30, 31], 2, False, "Four pins are on their way, two of them late."),
        (0, [2], 0, True, "One pin goes out today, at 15:00."),
        (0, [2, 3, 30], 0, True, "Two pins go out today, the next one at 15:00."),
        (0, [2], 0, False, "One pin is on its way, and it isn’t late."),
        # Ten hours ahead is eleven at night, eleven hours ahead is tomorrow.
        (0, [10], 0, True, "One pin goes out today, at 23:00."),
        (0, [11], 0, True, "One pin is on its way, and it isn’t late."),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_traffic_is_told_with_the_readers_time(
    under_way: int, ahead: list[int], late: int, is_calm: bool, words: str
) -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        times = [NOW + timedelta(hours=hours) for hours in ahead]
        assert describe_traffic(under_way, times, late=late, is_calm=is_calm) == words + CLOCK


@pytest.mark.parametrize(
    ("zone", "clock"),
    [
        ("Pacific/Kiritimati", "It is Wednesday, 02:00 in Kiritimati."),
        ("America/New_York", "It is Tuesday, 07:00 in New York."),
        ("UTC", "It is Tuesday, 12:00 in UTC."),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_day_and_time_are_the_readers(zone: str, clock: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert describe_traffic(0, [], late=0, is_calm=True).endswith(clock)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("under_way", "ahead_count", "today_count", "is_calm", "words"),
    [
        (0, 100, 100, True, "100 pins go out today, the next one at 15:00."),
        (0, 5_000, 1_234, True, "1,234 pins go out today, the next one at 15:00."),
        (250, 5_000, 0, False, "5,250 pins are on their way and none is late."),
    ],
)
def test_what_is_counted_to_its_end_is_said_to_its_end(
    under_way: int, ahead_count: int, today_count: int, is_calm: bool, words: str
) -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        ahead = [NOW + timedelta(hours=2)] * 100
        said = describe_traffic(
            under_way, ahead, late=0, is_calm=is_calm, ahead_count=ahead_count, today_count=today_count
        )
    assert said == words + CLOCK
