"""What somebody who signs in may set about themselves."""

from __future__ import annotations

from portal.accounts.models import Person
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound


def choose_language(session: ResellerSession, *, person_id: int, language: str) -> None:
    """Read pages, and get mails, in this language from now on.

    Raises:
        NotFound: there is no such person.
    """
    person = session.get(Person, (session.reseller_id, person_id))
    if person is None:
        raise NotFound("person", person_id)
    person.language = language
