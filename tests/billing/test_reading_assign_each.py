"""Packages for many while others move the same wallets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import text

from portal.billing import assignments
from portal.infra.db import Database
from portal.ledger import posting
from tests.builders import selling
from tests.builders.conditions import in_one_currency
from tests.builders.money import client_of
from tests.cast import SUNNY, Cast
from tests.messaging.test_together import blocked

NOBODYS = 1


def test_wallets_are_taken_in_order_of_their_ids_whoever_comes_first(
    database: Database, cast: Cast
) -> None:
    """As a refund of several clients' messages takes them: else each waits for the other."""
    with database.session(SUNNY) as session, session.begin():
        wallets = {
            firm: client_of(session, firm).wallet_id or 0 for firm in (cast.alice, cast.henry)
        }
        package_id = selling.package(session, "Plain", in_one_currency("USD")).id
    lower, higher = sorted(wallets, key=lambda firm: wallets[firm])

    def assign() -> list[int]:
        with database.session(SUNNY) as session, session.begin():
            return assignments.assign_each(
                session,
                [higher.sub_account_id, NOBODYS, lower.sub_account_id],
                package_id=package_id,
                by=cast.sam,
                on=date(2026, 11, 20),
            )

    with ThreadPoolExecutor(1) as pool:
        with database.session(SUNNY) as session, session.begin():
            session.execute(text("SET LOCAL lock_timeout = '500ms'"))
            posting.hold(session, [wallets[lower]])
            other = pool.submit(assign)
            blocked(database, 1)
            posting.hold(session, [wallets[higher]])
        assert other.result(timeout=10) == [NOBODYS]
