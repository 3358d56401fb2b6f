"""The time zones on offer, and the old names that stay understood."""

from datetime import datetime

import pytest
from django import forms

from postpeer_dash.web.time_zone_fields import TimeZoneField
from postpeer_dash.web.time_zones import find_zone, offered_names, zone_groups

OLD = ["Asia/Calcutta", "Europe/Kiev", "US/Pacific", "America/Buenos_Aires", "Asia/Saigon", "Pacific/Enderbury"]


class ZoneForm(forms.Form):
    zone = TimeZoneField()


@pytest.mark.parametrize("name", OLD)
def test_names_of_old_are_not_offered(name: str) -> None:
    assert name not in offered_names()


@pytest.mark.parametrize("name", ["UTC", "Europe/Oslo", "Europe/Berlin", "Asia/Kolkata", "Europe/Kyiv"])
def test_places_are_offered(name: str) -> None:
    assert name in offered_names()


def test_every_zone_on_offer_works() -> None:
    assert all(datetime.now(find_zone(name)) for name in offered_names())
    assert len({name for _area, group in zone_groups() for name, _words in group}) == len(offered_names()) > 400


@pytest.mark.parametrize("name", OLD)
def test_saved_name_of_old_stays_chosen_and_valid(name: str) -> None:
    assert ZoneForm({"zone": name}).is_valid()
    assert f'<option value="{name}" selected>' in str(ZoneForm(initial={"zone": name})["zone"])


@pytest.mark.parametrize("name", ["", "Europe/Nowhere", "Etc/GMT+3", "../UTC"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    assert not ZoneForm({"zone": name}).is_valid()
