"""Everybody who has a package is told of its new prices, whatever becomes of another's mail."""

from __future__ import annotations

from sqlalchemy import select, text

from portal.infra.db import Database
from portal.notifications.models import Mail
from portal.pricing import packages, price_letters
from portal.tasks import wholesale
from tests.cast import SUNNY, Cast
from tests.pricing.test_price_letters import change
from tests.tasks.test_wholesale import JOBS, in_use

__all__ = ["in_use"]


def test_a_job_writes_to_each_client(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        before, after = change(session, cast, markup_fixed=3_500)
        price_letters.ask(session, before=before, after=after)
        (asked,) = session.scalars(JOBS, {"name": price_letters.JOB})
        # Of somebody whose language is none, no mail can be written.
        session.execute(
            text("UPDATE clients SET language = 'no such' WHERE id = :id"),
            {"id": cast.henry.client_id},
        )
        assert asked["package_id"] == packages.listed(session)[0].id
    wholesale.tell_clients(**asked)
    with database.session(SUNNY) as session:
        written = session.scalars(select(Mail.recipient).where(Mail.notice == "price_change"))
        assert list(written) == ["alice@acme.test"]
