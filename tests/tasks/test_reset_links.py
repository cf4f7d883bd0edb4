"""The job that mails a link for a new password: for somebody, and for nobody as well."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.errors import NotFound
from portal.infra.mail import open_mailer
from portal.notifications.models import Mail
from portal.tasks import context, passwords
from tests.cast import SUNNY, Cast


@pytest.fixture(autouse=True)
def _in_use(database: Database, tmp_path: object) -> Iterator[None]:
    settings = Settings(demo=True, public_scheme="http", public_port=8000)
    context.use(database=database, settings=settings, mailer=open_mailer(f"folder:{tmp_path}"))
    yield
    context._in_use.clear()


def links(database: Database) -> list[tuple[str, bool]]:
    with database.session(SUNNY) as session:
        found = session.scalars(select(Mail).where(Mail.notice == "password_reset"))
        return [
            (mail.recipient, "http://sunny.localhost:8000/reset/" in mail.text) for mail in found
        ]


def test_for_nobody_nothing_is_mailed(database: Database) -> None:
    passwords.mail_link(reseller_id=SUNNY, person_id=None, address="192.0.2.1")
    with pytest.raises(NotFound):
        passwords.mail_link(reseller_id=SUNNY, person_id=12345, address="192.0.2.1")
    assert links(database) == []


def test_for_somebody_a_link_to_the_stored_host_is(database: Database, cast: Cast) -> None:
    passwords.mail_link(
        reseller_id=SUNNY, person_id=cast.alice.owner.person_id, address="192.0.2.1"
    )
    assert links(database) == [("alice@acme.test", True)]
