"""What stands out about somebody who has signed up: facts, for a person to judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Final

import phonenumbers
from babel.core import get_global
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts import trial_credit
from portal.accounts.models import Client
from portal.accounts.sign_up_models import SignUpRecord
from portal.infra.db import ResellerSession
from portal.tenancy import mail_domains

OTHERS_NAMED: Final = 3
"""Of the clients that are like this one, so many are named; the others are counted."""


@unique
class Kind(StrEnum):
    """What can stand out, in the order of being told."""

    DISPOSABLE_MAIL = "disposable_mail"
    FREE_MAIL = "free_mail"
    NO_MAIL_SERVER = "no_mail_server"
    PHONE_ELSEWHERE = "phone_elsewhere"
    TIME_ZONE_ELSEWHERE = "time_zone_elsewhere"
    TRIAL_BEFORE = "trial_before"
    REFUSED_BEFORE = "refused_before"
    SAME_PHONE = "same_phone"
    SAME_MAIL_DOMAIN = "same_mail_domain"
    SAME_POSTAL_ADDRESS = "same_postal_address"
    SAME_NETWORK = "same_network"
    NOT_CALCULATED = "not_calculated"


@dataclass(frozen=True, kw_only=True)
class Hint:
    """One fact. `value` is what it is about: a domain, a country, a time zone, an address.

    `others` are the newest of the `count` clients that are like this one.
    """

    kind: Kind
    value: str = ""
    count: int = 0
    others: Sequence[int] = ()


@dataclass(frozen=True)
class _Alike:
    """The clients that share something, the newest first, and those of them that were refused."""

    ids: Sequence[int]
    count: int
    refused: Sequence[int]


@dataclass
class _Shared:
    """What the clients of a list share with others, by what it is and by its value."""

    by: dict[Kind, Mapping[str, _Alike]] = field(default_factory=dict)

    def others(self, kind: Kind, value: str, client: Client) -> tuple[list[int], int, list[int]]:
        """Who else has it: some of their ids, how many they are, and who was refused."""
        alike = self.by[kind].get(value, _Alike((), 1, ()))
        ids = [each for each in alike.ids if each != client.id][:OTHERS_NAMED]
        refused = [each for each in alike.refused if each != client.id]
        return ids, alike.count - 1, refused


def of(
    session: ResellerSession, clients: Sequence[Client], records: Mapping[int, SignUpRecord]
) -> dict[int, list[Hint]]:
    """What stands out about each of these clients, by id; five questions, however many they are."""
    asked: dict[Kind, ColumnElement[str] | InstrumentedAttribute[str]] = {
        Kind.SAME_PHONE: Client.phone,
        Kind.SAME_MAIL_DOMAIN: Client.mail_domain,
        Kind.SAME_POSTAL_ADDRESS: _POSTAL,
        Kind.SAME_NETWORK: SignUpRecord.address,
    }
    values = {each.id: _values(each, records.get(each.id)) for each in clients}
    shared = _Shared()
    for kind, column in asked.items():
        wanted = {of_one[kind] for of_one in values.values() if kind in of_one}
        shared.by[kind] = _alike(session, column, wanted) if wanted else {}
    had_trial = trial_credit.had_before(session, clients)
    return {
        each.id: list(
            _hints(
                each,
                records.get(each.id),
                values[each.id],
                shared,
                had_trial=each.id in had_trial,
            )
        )
        for each in clients
    }


_NOWHERE: Final = frozenset({"001", "ZZ"})
"""What Babel says of zones that are no country's, as UTC."""
_POSTAL: Final = func.lower(Client.address + " " + Client.postal_code + " " + Client.city)


def _values(client: Client, record: SignUpRecord | None) -> dict[Kind, str]:
    """What may be shared with others; nothing that thousands have in common."""
    found = {Kind.SAME_PHONE: client.phone}
    if not mail_domains.is_public(client.mail_domain):
        found[Kind.SAME_MAIL_DOMAIN] = client.mail_domain
    if client.address:
        postal = f"{client.address} {client.postal_code} {client.city}"
        found[Kind.SAME_POSTAL_ADDRESS] = postal.lower()
    if record is not None:
        found[Kind.SAME_NETWORK] = record.address
    return {kind: value for kind, value in found.items() if value}


def _alike(
    session: ResellerSession,
    column: ColumnElement[str] | InstrumentedAttribute[str],
    wanted: Iterable[str],
) -> dict[str, _Alike]:
    newest = func.array_agg(aggregate_order_by(Client.id, Client.id.desc()))
    refused = newest.filter(Client.refused_at.is_not(None))
    query = (
        select(column, newest[1 : OTHERS_NAMED + 1], func.count(), refused[1 : OTHERS_NAMED + 1])
        .select_from(Client)
        .where(column.in_(sorted(wanted)))
        .group_by(column)
    )
    if column is SignUpRecord.address:
        query = query.join(SignUpRecord, SignUpRecord.client_id == Client.id)
    rows = session.execute(query)
    return {value: _Alike(ids, count, gone or ()) for value, ids, count, gone in rows}


def _hints(
    client: Client,
    record: SignUpRecord | None,
    values: Mapping[Kind, str],
    shared: _Shared,
    *,
    had_trial: bool,
) -> Iterator[Hint]:
    domain = client.mail_domain
    if domain in mail_domains.DISPOSABLE:
        yield Hint(kind=Kind.DISPOSABLE_MAIL, value=domain)
    if domain in mail_domains.FREE:
        yield Hint(kind=Kind.FREE_MAIL, value=domain)
    if record is not None and record.takes_mail is False:
        yield Hint(kind=Kind.NO_MAIL_SERVER, value=domain)
    yield from _elsewhere(client, record)
    if had_trial:
        yield Hint(kind=Kind.TRIAL_BEFORE)
    yield from _likeness(client, values, shared)
    if record is not None and not record.calculated:
        yield Hint(kind=Kind.NOT_CALCULATED)


def _elsewhere(client: Client, record: SignUpRecord | None) -> Iterator[Hint]:
    called = _countries_of_phone(client.phone)
    if called and client.country not in called:
        yield Hint(kind=Kind.PHONE_ELSEWHERE, value=called[0])
    zone = record.time_zone if record is not None else ""
    there = get_global("zone_territories").get(get_global("zone_aliases").get(zone, zone))
    if there and there not in {client.country, *_NOWHERE}:
        yield Hint(kind=Kind.TIME_ZONE_ELSEWHERE, value=zone)


def _likeness(client: Client, values: Mapping[Kind, str], shared: _Shared) -> Iterator[Hint]:
    found, refused = [], []
    for kind, value in values.items():
        ids, count, gone = shared.others(kind, value, client)
        if count:
            found.append(Hint(kind=kind, value=value, count=count, others=ids))
        refused += gone
    if refused:
        once = list(dict.fromkeys(refused))
        yield Hint(kind=Kind.REFUSED_BEFORE, count=len(once), others=once[:OTHERS_NAMED])
    yield from found


def _countries_of_phone(phone: str) -> Sequence[str]:
    """The countries that a number may be of, the likeliest first; several share a code."""
    if not phone:
        return ()
    try:
        parsed = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return ()
    exact = phonenumbers.region_code_for_number(parsed)
    if exact is not None:
        return (exact,)
    code = parsed.country_code or 0
    return phonenumbers.region_codes_for_country_code(code)
