"""Sees to it, before a portal is shown, that its database has all tables and something in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.cli import demo_facts
from portal.infra import database_check, migrations
from portal.infra.config import Settings
from portal.infra.db import Database, DatabaseUnfit
from portal.infra.processes import CannotStart
from portal.messaging import storage
from portal.tenancy import hostnames, resellers
from portal.tenancy.hostnames import HostnameTaken


def set_up(settings: Settings) -> Mapping[str, Any]:
    """Bring the tables up to date and see that there is something to show; a demo's facts.

    Raises:
        CannotStart: the database is unfit, or empty where there is no demonstration to make.
    """
    try:
        database_check.check(settings.database_url)
        migrations.upgrade(settings.database_url)
        database = Database(settings.database_url, pool_size=4)
        database.open()
    except DatabaseUnfit as unfit:
        raise CannotStart(str(unfit)) from None
    try:
        with database.across_resellers() as session, session.begin():
            storage.prepare(session)
        if settings.demo:
            facts = demo_facts.ensure(database, settings)
            _give_names(database, zone=settings.zone)
            return facts
        with database.across_resellers() as session:
            installed = resellers.any_exist(session)
        _give_names(database, zone=settings.zone)
    finally:
        database.close()
    if not installed:
        raise CannotStart(
            "The database is empty: run `portal install` to make the first operator and reseller,"
            " or start a demonstration with `portal up --demo`."
        )
    return {}


def greeting(settings: Settings, facts: Mapping[str, Any]) -> str:
    """What is printed when all is ready."""
    if settings.demo:
        return demo_facts.greeting(facts)
    return (
        f"The portal listens on {settings.listen_host}:{settings.listen_port}"
        f" for {settings.public_scheme}:// addresses; its data are in {settings.data_dir}."
    )


def _give_names(database: Database, *, zone: str) -> None:
    """Give every reseller its name in the zone that has none there yet, and say who cannot."""
    if not zone:
        return
    with database.across_resellers() as session:
        without = hostnames.resellers_without(session, zone=zone)
    for reseller_id in without:
        try:
            with database.session(reseller_id) as session, session.begin():
                hostnames.add_of_zone(session, zone=zone)
        except HostnameTaken as taken:
            advice = "choose another PORTAL_ZONE, or another name for that portal."
            print(f"{taken}: {advice}", flush=True)
