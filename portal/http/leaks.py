"""Looks through the whole portal of a reseller for traces of the operator and of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from flask import Flask
from sqlalchemy import select

from portal.accounts import sessions
from portal.accounts.models import Client, Person
from portal.accounts.statuses import MAY_SIGN_IN
from portal.http import leak_walk
from portal.http.leak_walk import Visitor
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.reports import foreign_words, leak_mails
from portal.tenancy import hostnames, resellers

FINDINGS_MAX: Final = 500
_ADDRESS: Final = "127.0.0.1"
_BROWSER: Final = "leak check"


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A trace of somebody else, and where it is."""

    where: str
    who: str
    """Which visitor saw it, or that it is a mail."""
    what: str
    text: str
    around: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was looked at, and every leak, at most `FINDINGS_MAX` of them.

    Where there are more, a word that stands on every page leaves room for those that stand on few.
    """

    host: str
    words: int
    pages: int
    files: int
    mails: int
    visitors: tuple[str, ...]
    leaks: tuple[Leak, ...]
    failed: tuple[str, ...]
    """Addresses that answered with a fault, and so were not looked at."""


def look(app: Flask, *, database: Database, settings: Settings, reseller_id: int) -> Report:
    """Render every page, mail, header, error and file of a reseller's portal, as each role.

    Pages are asked for in sessions of people of the reseller's, one for each role that it has,
    which are ended afterwards; nothing else is written, and no mail is sent. May be called within
    a request: it works in a thread of its own, so that the two do not take each other's place.

    Raises:
        NotFound: the reseller does not exist, or has no host name.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        return beside.submit(
            _look, app, database=database, settings=settings, reseller_id=reseller_id
        ).result()


def _look(app: Flask, *, database: Database, settings: Settings, reseller_id: int) -> Report:
    with database.session(reseller_id) as session:
        host = hostnames.primary_of(session)
        language = resellers.own(session).language
    with database.across_resellers() as session:
        detector = foreign_words.detector(session, reseller_id=reseller_id, settings=settings)
    with _visitors(database, reseller_id, host) as visitors:
        walk = leak_walk.walk(
            app, host=host, visitors=visitors, detector=detector, language=language
        )
    leaks = [
        Leak(
            where=found.address,
            who=found.visitor,
            what=found.trace.foreign.what,
            text=found.trace.foreign.text,
            around=found.trace.around,
        )
        for found in walk.found
    ]
    mails = 0
    for mail in leak_mails.written(database, reseller_id=reseller_id, settings=settings):
        mails += 1
        leaks += [
            Leak(
                where=f"{mail.notice} ({mail.language})",
                who="a mail",
                what=trace.foreign.what,
                text=trace.foreign.text,
                around=trace.around,
            )
            for trace in detector.find(mail.text)
        ]
    return Report(
        host=host,
        words=len(detector),
        pages=walk.pages,
        files=len(walk.files),
        mails=mails,
        visitors=tuple(visitor.name for visitor in visitors),
        leaks=_chosen(leaks),
        failed=tuple(dict.fromkeys(walk.failed)),
    )


def _chosen(leaks: list[Leak]) -> tuple[Leak, ...]:
    """What is reported: of each word and visitor as many, until there is no more room."""
    alike = Counter[tuple[str, str, str]]()
    ranked = []
    for place, leak in enumerate(leaks):
        kind = (leak.what, leak.text, leak.who)
        alike[kind] += 1
        ranked.append((alike[kind], place))
    places = sorted(place for _, place in sorted(ranked)[:FINDINGS_MAX])
    return tuple(leaks[place] for place in places)


@contextmanager
def _visitors(database: Database, reseller_id: int, host: str) -> Iterator[list[Visitor]]:
    """Somebody without a session, and a person of every role that may sign in."""
    tokens: dict[str, str] = {}
    with database.session(reseller_id) as session, session.begin():
        for role, person in _one_of_each_role(session).items():
            tokens[role] = sessions.start(
                session, person=person, host=host, address=_ADDRESS, browser=_BROWSER
            )
    try:
        yield [
            Visitor("a visitor"),
            *(
                Visitor(role, {"Cookie": f"__Host-sid={token}; sid={token}"})
                for role, token in tokens.items()
            ),
        ]
    finally:
        with database.session(reseller_id) as session, session.begin():
            for token in tokens.values():
                sessions.end(session, token=token)


def _one_of_each_role(session: ResellerSession) -> dict[str, Person]:
    rows = session.execute(
        select(Person, Client).outerjoin(Client, Client.id == Person.client_id).order_by(Person.id)
    )
    found: dict[str, Person] = {}
    for person, client in rows:
        if client is None or client.standing in MAY_SIGN_IN:
            standing = "" if client is None else f" ({client.standing.lower().replace('_', ' ')})"
            found.setdefault(f"{person.role.replace('_', ' ')}{standing}", person)
    return found
