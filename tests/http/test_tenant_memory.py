"""What portals cost in the memory of a web process, be there ten thousand of them."""

from __future__ import annotations

import tracemalloc

import pytest

from portal.http import tenants as remembering
from portal.http.tenants import REMEMBERED_MAX, Tenants
from portal.infra.db import Database
from portal.tenancy import branding, hostnames
from portal.tenancy.brand_sheet import Look, brand_sheet
from tests.cast import SUNNY, Cast

SAMPLE = 200
BYTES_MAX = 50_000_000


def test_ten_thousand_portals_fit_into_fifty_megabytes(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        branding.own(session).theme_settings = {"help_card": True, "help_text": "x" * 200}
    tenants = Tenants(database)
    tenants._look_up(cast.sunny_host)  # what is loaded once is not a portal's

    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = [tenants._look_up(cast.sunny_host) for _ in range(SAMPLE)]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert all(kept)
    each = (after - before) / SAMPLE
    assert len(brand_sheet(Look(seed="#ffd400")).css) < each  # the sheet is among what is counted
    assert each * REMEMBERED_MAX < BYTES_MAX, f"{each:.0f} bytes for each portal"


def test_no_more_portals_are_remembered_than_that(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "REMEMBERED_MAX", 3)
    names = [f"sms{number}.sunny.example" for number in range(7)]
    with database.session(SUNNY) as session, session.begin():
        for name in names:
            hostnames.add(session, name, primary=False)
    tenants = Tenants(database)
    for name in names:
        assert tenants.find(name) is not None
        assert len(tenants._remembered) <= 3
