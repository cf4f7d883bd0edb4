"""A new folder is complete: it reads without a fault, in every country's currency."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.infra.files import shipped
from portal.ledger import units
from portal.pricing import destinations
from portal.provisioning import reading, scaffold
from portal.provisioning.scaffold import FolderInUse, Wishes
from portal.tenancy.picture_flaws import InvalidPicture
from tests.builders import portal_folder

SENT_ANYWHERE_MIN = 200


def wishes(**others: object) -> Wishes:
    values = {
        "name": 'Tom "Tilde" \\ Söhne',
        "slug": "tom",
        "host": "tom.localhost",
        "country": "DE",
        "language": "de",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "email": "office@tom.test",
    }
    return Wishes(**{**values, **others})


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")
    with pytest.raises(FolderInUse, match="nothing is written over"):
        scaffold.write(tmp_path, wishes())
    with pytest.raises(FolderInUse):
        scaffold.write(tmp_path / "note", wishes())
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


def test_a_logo_that_is_none_leaves_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("x")
    with pytest.raises(InvalidPicture):
        scaffold.write(tmp_path / "tom", wishes(logo=tmp_path / "x.png"))
    assert not (tmp_path / "tom").exists()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    scaffold.write(tmp_path / "tom", wishes())
    found = reading.read(tmp_path / "tom")
    assert found.portal.name == 'Tom "Tilde" \\ Söhne'
    assert found.portal.settings.default_balance_management == "HARD"
    assert found.portal.settings.daily_limit == 200
    assert found.portal.brand.seed is None
    assert [package.name for package in found.packages] == ["Starter", "Business"]
    assert found.portal.staff[0].email == "office@tom.test"
    assert {rate.prefix for rate in found.rates} >= {"1", "49"}
    assert all(rate.valid_from is None for rate in found.rates)
    assert found.not_read == ()


def test_the_colours_are_the_logos(tmp_path: Path) -> None:
    logo = tmp_path / "my logo.png"
    logo.write_bytes(portal_folder.logo("#0b2545"))
    scaffold.write(tmp_path / "tom", wishes(logo=logo))
    found = reading.read(tmp_path / "tom")
    assert found.portal.brand.seed == "#0b2545"
    assert found.logo is not None
    scaffold.write(tmp_path / "other", wishes(logo=logo, colour="#ff0000"))
    assert reading.read(tmp_path / "other").portal.brand.seed == "#ff0000"
    assert "also in the logo: #0b2545" in (tmp_path / "other" / "portal.toml").read_text()


@pytest.mark.parametrize("country", [each.code for each in destinations.COUNTRIES][::12])
def test_a_folder_for_any_country_reads(tmp_path: Path, country: str) -> None:
    currency = scaffold.usual_currency(country)
    assert currency in units.CURRENCIES_IN_USE
    usual = wishes(
        country=country,
        currency=currency,
        language=scaffold.usual_language(country),
        time_zone=scaffold.usual_time_zone(country),
    )
    scaffold.write(tmp_path / "x", usual)
    own = destinations.dial_code(country)
    assert own in {rate.prefix for rate in reading.read(tmp_path / "x").rates}


def test_prices_are_of_the_currencys_size(tmp_path: Path) -> None:
    scaffold.write(tmp_path / "x", wishes(country="JP", currency="JPY"))
    found = reading.read(tmp_path / "x")
    assert next(rate.price for rate in found.rates if rate.prefix == "81") == 9_300_000
    assert found.packages[0].conditions.amounts["JPY"].markup_fixed == 600_000
    assert found.portal.settings.low_balance_threshold == 1_500_000_000


@pytest.mark.parametrize(
    ("country", "usual"),
    [
        ("DE", ("EUR", "de", "Europe/Berlin")),
        ("US", ("USD", "en", "America/New_York")),
        ("AT", ("EUR", "de", "Europe/Vienna")),
        ("FR", ("EUR", "fr", "Europe/Paris")),
        ("SE", ("SEK", "en", "Europe/Stockholm")),
    ],
)
def test_what_is_usual_in_a_country(country: str, usual: tuple[str, str, str]) -> None:
    assert usual == (
        scaffold.usual_currency(country),
        scaffold.usual_language(country),
        scaffold.usual_time_zone(country),
    )


@pytest.mark.parametrize("name", ["sunny", "harbour"])
def test_the_examples_are_whole_portals(name: str) -> None:
    found = reading.read(shipped("examples") / name)
    assert found.portal.slug == name
    assert found.logo is not None
    assert found.not_read == ()
    assert len(found.packages) == 3
    assert [len(each.conditions.bundles) for each in found.packages] == [1, 2, 1]
    assert found.packages[2].conditions.bundles[0].pooled
    priced = {rate.prefix for rate in found.rates}
    reached = [each for each in destinations.COUNTRIES if each.dial_code in priced]
    assert len(reached) >= SENT_ANYWHERE_MIN
    assert len(reached) == len(destinations.COUNTRIES)
