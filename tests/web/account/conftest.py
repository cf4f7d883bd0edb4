"""Proofs of who one is: a browser whose proof is old, an app that makes codes."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest
from sqlalchemy import select, update

from portal.accounts import authenticators
from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.accounts.session_models import SignedIn
from portal.infra import clock
from portal.infra.db import Database
from portal.infra.vault import Vault

SECRET = "a secret of the tests, long enough to be one"
ORIGIN = "http://sunny.localhost:8000"

Grown = Callable[[], None]


@pytest.fixture
def grown_old(database: Database) -> Grown:
    """Has everybody's last proof of who they are be eleven minutes old."""

    def grow() -> None:
        with database.across_resellers() as session, session.begin():
            session.execute(update(SignedIn).values(confirmed_at=clock.ago(minutes=11)))

    return grow


@pytest.fixture
def vault() -> Vault:
    """That of the tests' application."""
    return Vault(SECRET)


class App:
    """An app that makes somebody's codes; each `code` is the one of a half minute later."""

    def __init__(self, secret: str, codes: list[str]) -> None:
        self._totp = pyotp.TOTP(secret)
        self.codes = codes

    def code(self, *, steps: int = 0) -> str:
        """The code of this half minute, or of one so many later."""
        return self._totp.generate_otp(int(clock.now().timestamp()) // 30 + steps)


@pytest.fixture
def app_of(database: Database, vault: Vault) -> Callable[[Actor], App]:
    """Sets somebody's second step up; its first code is used by that, and the next is not."""

    def set_up(actor: Actor) -> App:
        with database.session(actor.reseller_id) as session, session.begin():
            person = session.scalars(select(Person).where(Person.id == actor.person_id)).one()
            authenticators.begin(session, person_id=person.id, vault=vault)
            secret = authenticators.secret_to_confirm(session, person_id=person.id, vault=vault)
            assert secret is not None
            made = App(secret, [])
            made.codes = authenticators.confirm(
                session, person, code=made.code(), vault=vault, by=actor, origin=ORIGIN
            )
        return made

    return set_up
