from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from postpeer_dash.worker.life_signs import LifeSign, is_own_worker_well, is_worker_silent, mark_seen, process_name
from postpeer_dash.worker.models import Worker

pytestmark = pytest.mark.django_db


def age(seconds: float) -> None:
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=seconds))


def check() -> object:
    with pytest.raises(SystemExit) as ended:
        call_command("worker", "--check")
    return ended.value.code


def test_worker_seen_just_now_is_well() -> None:
    mark_seen(process_name())
    assert is_own_worker_well() and not is_worker_silent()
    assert check() == 0


def test_worker_unseen_for_long_is_not() -> None:
    mark_seen(process_name())
    age(3600)
    assert check() == "No worker on this machine has been seen lately."


def test_another_machines_worker_is_not_ours() -> None:
    mark_seen("elsewhere-17")
    assert not is_worker_silent()
    assert not is_own_worker_well()


def test_signs_are_written_now_and_then() -> None:
    sign = LifeSign("here-1")
    sign.give()
    age(30)
    sign.give()
    assert Worker.objects.get().seen_at < timezone.now() - timedelta(seconds=20)


def test_those_unseen_for_a_day_are_forgotten() -> None:
    mark_seen("old-1")
    age(90_000)
    mark_seen("new-1")
    assert Worker.objects.get().name == "new-1"
