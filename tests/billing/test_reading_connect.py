"""A number is connected on a day on which free parts begin anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import select, text

from portal.accounts import access
from portal.billing import connections
from portal.infra.db import Database
from portal.ledger import posting
from portal.numbers import stock
from portal.numbers.models import InboundNumber
from portal.pricing.models import Bundle
from tests.builders import selling
from tests.builders.conditions import in_one_currency
from tests.builders.inbound import NUMBER
from tests.cast import SUNNY, Cast
from tests.messaging.test_together import blocked


def test_what_is_carried_is_held_before_the_client(database: Database, cast: Cast) -> None:
    """As a send takes them: free parts first, and the client if something about it changes."""
    alice = cast.alice
    with database.session(SUNNY) as session, session.begin():
        package = selling.package(session, "Five", in_one_currency("USD", bundle_parts=5))
        selling.give(session, alice, package, by=cast.sam, on=date(2027, 1, 1), billing_day=1)
        account_id = session.scalars(
            select(Bundle.account_id).where(Bundle.package_id == package.id)
        ).one()
        number_id = stock.add(session, number=NUMBER, by=cast.sam).id

    def connect() -> InboundNumber:
        with database.session(SUNNY) as session, session.begin():
            return connections.connect(
                session,
                number_id=number_id,
                sub_account_id=alice.sub_account_id,
                by=cast.sam,
                on=date(2027, 2, 1),
            )

    with ThreadPoolExecutor(1) as pool:
        with database.session(SUNNY) as session, session.begin():
            session.execute(text("SET LOCAL lock_timeout = '500ms'"))
            posting.hold(session, [account_id])
            other = pool.submit(connect)
            blocked(database, 1)
            access.locked_client(session, alice.client_id)
        assert other.result(timeout=10).sub_account_id == alice.sub_account_id
