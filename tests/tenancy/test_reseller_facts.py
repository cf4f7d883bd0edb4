"""Resellers: made once, found, stopped and resumed; their settings, links and brand."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from sqlalchemy import delete

from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.tenancy import branding, links, resellers, settings
from portal.tenancy.brand_sheet import Look
from portal.tenancy.models import Brand
from portal.tenancy.resellers import ResellerExists
from tests.cast import SUNNY, UNIT, Cast

NEW = {
    "number": 2003,
    "slug": "windy",
    "name": "Windy",
    "currency": "USD",
    "language": "en",
    "time_zone": "UTC",
    "country": "US",
    "email": "office@windy.test",
}


@pytest.mark.parametrize(
    ("reseller_id", "taken"),
    [(SUNNY, {}), (3, {"number": 2001}), (3, {"slug": "harbour"})],
    ids=["id", "number", "slug"],
)
def test_a_reseller_is_made_once(
    shared_database: Database, reseller_id: int, taken: dict[str, object]
) -> None:
    with shared_database.session(reseller_id) as session:
        with pytest.raises(ResellerExists):
            resellers.create(session, **{**NEW, **taken})
        # The transaction is none the worse for it.
        made = reseller_id if reseller_id != SUNNY else None
        if made:
            assert resellers.create(session, **NEW).id == made
            assert resellers.own(session).slug == "windy"
            assert resellers.next_client_number(session) == 100_001
        session.rollback()


def test_who_is_not_there_is_not_found(shared_database: Database) -> None:
    with shared_database.session(999) as session, pytest.raises(NotFound):
        resellers.own(session)
    with shared_database.across_resellers() as session, pytest.raises(NotFound):
        resellers.by_slug(session, "nobody")
    with shared_database.session(SUNNY) as session, pytest.raises(NotFound):
        resellers.by_slug(session, "harbour")


def test_all_are_listed_without_the_operator(shared_database: Database) -> None:
    with shared_database.across_resellers() as session:
        assert [r.slug for r in resellers.listed(session)] == ["harbour", "sunny"]
        assert resellers.by_slug(session, "sunny").id == SUNNY
        assert resellers.any_exist(session)
        assert resellers.next_number(session) == 2003
    with shared_database.session(999) as session:
        assert resellers.listed(session) == []
        assert not resellers.any_exist(session)
        assert resellers.next_number(session) == 1001


def test_stopped_and_resumed(session: ResellerSession) -> None:
    resellers.suspend(session)
    assert resellers.own(session).suspended_at is not None
    resellers.resume(session)
    assert resellers.own(session).suspended_at is None


@pytest.mark.parametrize(
    "values",
    [
        {"default_balance_management": "MAYBE"},
        {"daily_limit": 0},
        {"low_balance_threshold": UNIT - 1},
        {"validity_hours": 169},
    ],
)
def test_a_setting_out_of_bounds_is_refused_and_nothing_changes(
    session: ResellerSession, values: dict[str, object]
) -> None:
    before = settings.read(session)
    with pytest.raises(ValidationError):
        settings.change(session, **values)
    assert settings.read(session) == before


def test_the_other_settings_stay(session: ResellerSession) -> None:
    settings.change(session, validity_hours=24)
    settings.change(session, refund_undelivered=True)
    session.flush()
    session.expire_all()
    found = settings.read(session)
    assert (found.validity_hours, found.refund_undelivered) == (24, True)
    assert found.countries == ["US", "DE", "PL"]


def test_links_are_made_from_the_stored_name(session: ResellerSession, cast: Cast) -> None:
    local = Settings(public_scheme="http", public_port=8000)
    assert links.origin_of(session, local) == f"http://{cast.sunny_host}:8000"
    origin = links.origin_of(session, Settings())
    assert origin == f"https://{cast.sunny_host}"
    assert [
        links.home(origin),
        links.login(origin),
        links.dashboard(origin),
        links.reset_request(origin),
        links.password_reset(origin, "abc"),
        links.invitation(origin, "abc"),
        links.client_page(origin, 7),
    ] == [
        f"{origin}/",
        f"{origin}/login",
        f"{origin}/dashboard",
        f"{origin}/reset",
        f"{origin}/reset/abc",
        f"{origin}/join/abc",
        f"{origin}/reseller/clients/7",
    ]


def test_a_brand_takes_the_place_of_the_one_before(session: ResellerSession) -> None:
    before = branding.own(session).sheet_hash
    look = Look(seed="#d63939", own={"primary": "#aa0000"}, radius_px=2)
    branding.set_up(session, title="Sunnier", look=look, welcome_html="<p>Hi</p><script>x</script>")
    session.flush()
    brand = branding.own(session)
    assert (brand.title, brand.theme) == ("Sunnier", "default")
    assert "script" not in brand.welcome
    assert branding.look_of(brand) == look
    assert brand.sheet_hash != before
    assert "#aa0000" in brand.sheet


def test_without_a_brand(session: ResellerSession) -> None:
    session.execute(delete(Brand))
    with pytest.raises(NotFound):
        branding.own(session)
