"""Look a host name up: is its proof there, and does it lead to this installation?

Prepare, call, record: no transaction is open while the look-ups are under way.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.infra import clock, outgoing, queue
from portal.infra.db import ResellerSession
from portal.infra.dns import LookUpFailed, Resolver
from portal.tenancy import hostname_rules, hostnames, own_names, resellers
from portal.tenancy.models import Hostname
from portal.tenancy.own_names import CHECK_JOB
from portal.tenancy.statuses import Finding, GivenBy, State, is_wrong, pause, remembered

LOST_AFTER: Final = timedelta(days=7)
"""For how long a name may lead elsewhere, or its proof be missing, before that has consequences."""
_BEING_CHECKED: Final = timedelta(minutes=10)
_SHOWN_MAX: Final = 400


class Change(StrEnum):
    """What a look-up has changed, if it is worth telling."""

    PROVEN = "proven"
    READY = "ready"
    FAILING = "failing"
    LOST = "lost"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is to be asked about a name; `token` is empty where no proof is needed."""

    name: str
    token: str
    zone_name: str
    """A name that leads to this installation, if there is a zone."""
    mail_host: str = ""
    """Where its mail would go for Email2SMS, if this installation takes any."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was answered; None is no answer."""

    texts: Collection[str] | None
    addresses: Collection[str] | None
    ours: Collection[str]
    """The addresses of this installation, as far as they are known."""
    mail_host: str = ""
    mail_hosts: Collection[str] | None = None
    """The mail servers of the name; they are asked for where there is a `mail_host` alone."""


def due(session: ResellerSession, *, limit: int) -> list[tuple[int, str]]:
    """Names whose turn it is, by reseller, which nobody else gets now; in a session across all."""
    now = clock.now()
    found = session.execute(
        select(Hostname.reseller_id, Hostname.name)
        .where(Hostname.check_at <= now, Hostname.released_at.is_(None))
        .order_by(Hostname.check_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for reseller_id, name in found:
        session.execute(
            update(Hostname)
            .where(Hostname.reseller_id == reseller_id, Hostname.name == name)
            .values(check_at=now + _BEING_CHECKED)
        )
        queue.enqueue(session, CHECK_JOB, reseller_id=reseller_id, hostname=name)
    return [(reseller_id, name) for reseller_id, name in found]


def prepare(
    session: ResellerSession, name: str, *, zone: str, mail_host: str = ""
) -> Question | None:
    """What to ask about a name of the session's reseller; None if there is nothing to ask."""
    row = session.get(Hostname, (session.reseller_id, name))
    if row is None or row.released_at is not None or row.given_by is GivenBy.ZONE:
        return None
    slug = resellers.own(session).slug
    return Question(
        name=row.name,
        token=row.token if row.given_by is GivenBy.RESELLER else "",
        zone_name=hostnames.of_zone(slug, zone=zone) if zone else "",
        mail_host=mail_host,
    )


def look_up(question: Question, resolver: Resolver, *, ours: Iterable[str]) -> Seen:
    """Ask the DNS; `ours` are the installation's addresses, else those of its zone are.

    Raises:
        CalledInsideTransaction: a transaction is open.
    """
    with outgoing.call("dns"):
        known = set(ours)
        if not known and question.zone_name:
            known = set(_answer(resolver.addresses, question.zone_name) or ())
        texts: Collection[str] | None = ()
        if question.token:
            texts = _answer(resolver.texts, hostname_rules.proof_name(question.name))
        addresses = _answer(resolver.addresses, question.name)
        mail_hosts = _answer(resolver.mail_servers, question.name) if question.mail_host else None
    return Seen(
        texts=texts,
        addresses=addresses,
        ours=known,
        mail_host=question.mail_host,
        mail_hosts=mail_hosts,
    )


def record(session: ResellerSession, name: str, seen: Seen) -> Change | None:
    """Write down what was seen of a name, and what follows; the change, if it is worth telling."""
    row = session.get(Hostname, (session.reseller_id, name), with_for_update=True)
    if row is None or row.released_at is not None:
        return None
    before, now = own_names.state_of(row), clock.now()
    row.checked_at, row.checking_since = now, None
    _note_proof(session, row, seen, now=now)
    _note_reach(row, seen, now=now)
    _note_mail(row, seen)
    after = own_names.state_of(row)
    lost = _lost(session, row, after, now=now)
    after = State.WAITING if lost else after
    row.tries = row.tries + 1 if after is before else 0
    wait = pause(after, tries=row.tries)
    row.check_at = now + wait if wait is not None else None
    session.flush()
    if lost:
        return Change.LOST
    if after is before:
        return None
    changes = {
        State.PROVEN: Change.PROVEN,
        State.READY: Change.READY,
        State.FAILING: Change.FAILING,
    }
    return changes.get(after)


def note_certificate(session: ResellerSession, name: str, *, until: datetime | None) -> None:
    """Write down how long the certificate is good that browsers are shown for a name."""
    row = session.get(Hostname, (session.reseller_id, name), with_for_update=True)
    if row is not None:
        row.certificate_until = until


def _note_proof(session: ResellerSession, row: Hostname, seen: Seen, *, now: datetime) -> None:
    if row.given_by is not GivenBy.RESELLER:
        return
    finding = _proof(seen.texts, row.token)
    if finding is Finding.RIGHT and row.proven_at is None:
        try:
            with session.begin_nested():  # the unique key says who was first
                row.proven_at = now
        except IntegrityError:
            session.refresh(row)
            row.checked_at, row.checking_since = now, None
            finding = Finding.TAKEN
    row.proof = remembered(row.proof, finding)
    if seen.texts is not None:
        row.found_texts = _shown(seen.texts)


def _note_reach(row: Hostname, seen: Seen, *, now: datetime) -> None:
    finding = _reach(seen.addresses, seen.ours)
    row.reach = remembered(row.reach, finding)
    if seen.addresses is not None:
        row.found_addresses = _shown(seen.addresses)
    if finding is Finding.RIGHT and row.proven_at is not None:
        row.ready_at = row.ready_at or now


def _note_mail(row: Hostname, seen: Seen) -> None:
    """Note where its mail goes; how the name is doing does not depend on it."""
    if not seen.mail_host:
        row.mail, row.found_mail_hosts = Finding.UNCHECKED, ""
        return
    row.mail = remembered(row.mail, _mail(seen.mail_hosts, seen.mail_host))
    if seen.mail_hosts is not None:
        row.found_mail_hosts = _shown(seen.mail_hosts)


def _lost(session: ResellerSession, row: Hostname, found: State, *, now: datetime) -> bool:
    """See to it that a name which fails for long leaves the links; whether it is unproven now."""
    if found is not State.FAILING:
        row.failing_since = None
        return False
    row.failing_since = row.failing_since or now
    if now - row.failing_since < LOST_AFTER:
        return False
    if row.primary and not own_names.hand_over_links(session, row):
        return False  # a portal without a single name would be none
    if not is_wrong(row.proof):
        return False
    row.proven_at = row.ready_at = row.failing_since = None
    return True


def _proof(texts: Collection[str] | None, token: str) -> Finding:
    if texts is None:
        return Finding.NO_ANSWER
    if any(secrets.compare_digest(each.strip().encode(), token.encode()) for each in texts):
        return Finding.RIGHT
    return Finding.OTHER if texts else Finding.MISSING


def _reach(addresses: Collection[str] | None, ours: Collection[str]) -> Finding:
    """All addresses have to be ours: whoever asks for a certificate may be sent to any of them."""
    if addresses is None or not ours:
        return Finding.NO_ANSWER
    if not addresses:
        return Finding.MISSING
    return Finding.RIGHT if set(addresses) <= set(ours) else Finding.OTHER


def _mail(found: Collection[str] | None, wanted: str) -> Finding:
    """All mail servers have to be the one: whoever writes may choose any of them."""
    if found is None:
        return Finding.NO_ANSWER
    if not found:
        return Finding.MISSING
    return Finding.RIGHT if set(found) == {wanted} else Finding.OTHER


def _shown(found: Collection[str]) -> str:
    """What a person is shown of it: text of strangers, on one line and short."""
    line = ", ".join(sorted(found))
    return "".join(each if each.isprintable() else "?" for each in line)[:_SHOWN_MAX]


def _answer(ask: Callable[[str], Collection[str]], name: str) -> Collection[str] | None:
    try:
        return ask(name)
    except LookUpFailed:
        return None
