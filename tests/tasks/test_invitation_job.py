"""The job that mails an invitation."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from portal.accounts.roles import Role
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import open_mailer
from portal.notifications.models import Mail
from portal.tasks import context, people
from tests.accounts import firms
from tests.cast import SUNNY, Cast


@pytest.fixture(autouse=True)
def _in_use(database: Database, tmp_path: object) -> Iterator[None]:
    settings = Settings(demo=True, public_scheme="http", public_port=8000)
    context.use(database=database, settings=settings, mailer=open_mailer(f"folder:{tmp_path}"))
    yield
    context._in_use.clear()


def test_the_link_is_to_the_stored_host(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        person = firms.invited(session, cast.sam, Role.STAFF_READER)
        number = person.id
    people.mail_invitation(reseller_id=SUNNY, person_id=number)
    people.mail_invitation(reseller_id=SUNNY, person_id=12345)
    with database.session(SUNNY) as session:
        mails = session.scalars(select(Mail).where(Mail.notice == "invited")).all()
        assert [mail.recipient for mail in mails] == ["staff_reader@people.test"]
        assert "http://sunny.localhost:8000/join/" in mails[0].text
