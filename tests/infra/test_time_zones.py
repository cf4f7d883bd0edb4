"""The zones to choose from: every country's, each under the name it has now."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from portal.infra import time_zones


def test_all_of_them_are_zones_of_a_place() -> None:
    zones = time_zones.of_places()
    assert {"America/New_York", "Asia/Kolkata", "Europe/Berlin"} <= set(zones)
    assert all("/" in each and ZoneInfo(each).key == each for each in zones)


def test_names_of_before_are_not_offered() -> None:
    before = {"America/Coral_Harbour", "Asia/Calcutta", "Etc/GMT+5", "US/Eastern", "GMT"}
    assert before.isdisjoint(time_zones.of_places())


def test_they_stand_in_order_and_once() -> None:
    zones = time_zones.of_places()
    assert list(zones) == sorted(set(zones))
