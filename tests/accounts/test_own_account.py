"""What somebody who is signed in says about themselves, and about their client's clocks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.accounts import activity, own_account
from portal.accounts.errors import UnknownTimeZone
from portal.accounts.models import Person
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from tests.builders.money import client_of
from tests.cast import SUNNY, Cast


def test_who_is_gone_or_nobody_has_no_row(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice.owner
    assert own_account.person(session, by=alice).id == alice.person_id
    with pytest.raises(NotFound):
        own_account.person(session, by=replace(alice, person_id=None))
    session.get_one(Person, (SUNNY, alice.person_id)).removed_at = clock.now()
    session.flush()
    with pytest.raises(NotFound) as missing:
        own_account.person(session, by=alice)
    assert (missing.value.kind, missing.value.key) == ("person", alice.person_id)


def test_a_zone_is_one_of_a_place_and_a_clients(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NotFound):
        own_account.choose_time_zone(session, by=cast.sam, time_zone="Europe/Berlin")
    for wrong in ("", "Mars/Olympus", "Asia/Calcutta", "CET"):
        with pytest.raises(UnknownTimeZone):
            own_account.choose_time_zone(session, by=cast.alice.owner, time_zone=wrong)
    assert client_of(session, cast.alice).time_zone == "America/New_York"


def test_a_zone_that_is_chosen_is_noted_once(session: ResellerSession, cast: Cast) -> None:
    for _ in range(2):
        own_account.choose_time_zone(session, by=cast.alice.owner, time_zone="Europe/Berlin")
    assert client_of(session, cast.alice).time_zone == "Europe/Berlin"
    noted = activity.latest(session, client_id=cast.alice.client_id, limit=9)
    assert [each.details for each in noted if each.what == "client.changed"] == [
        {"facts": "time_zone"}
    ]
