"""Mails to a client, with the facts about it that every one may name."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from babel.numbers import format_currency

from portal.accounts import wallet
from portal.accounts.models import Client, Person
from portal.accounts.roles import RIGHTS, Right, Role
from portal.infra.db import ResellerSession
from portal.ledger.units import MICROS
from portal.notifications import outbox
from portal.notifications.attaching import Paper


def write(
    session: ResellerSession,
    client: Client,
    notice: str,
    *,
    url: str,
    to: str = "",
    papers: Sequence[Paper] = (),
    **values: str,
) -> None:
    """Queue a notice in the client's language; `to` is its own address unless another is given."""
    outbox.write(
        session,
        notice,
        to=to or client.email,
        language=client.language,
        values={**facts(session, client), "url": url, **values},
        client_id=client.id,
        papers=papers,
    )


def to_person(
    session: ResellerSession,
    client: Client,
    person: Person,
    notice: str,
    *,
    url: str,
    to: str = "",
    **values: str,
) -> None:
    """Queue a notice for one of a client's people, in their language and with their name.

    It goes to their own address unless another is given. Whoever may not read the wallet is not
    told the balance either, whatever words the mail has.
    """
    known = facts(session, client)
    if Right.WALLET_READ not in RIGHTS[Role(person.role)]:
        known |= {"balance": "", "threshold": ""}
    outbox.write(
        session,
        notice,
        to=to or person.email,
        language=person.language,
        values={
            **known,
            "firstname": person.firstname,
            "lastname": person.lastname,
            "url": url,
            **values,
        },
        client_id=client.id,
    )


def facts(session: ResellerSession, client: Client) -> dict[str, str]:
    """What any mail may say of a client: its names, its balance, and when it is told of that."""
    return {
        "firstname": client.firstname,
        "lastname": client.lastname,
        "company": client.company,
        "balance": amount(client, wallet.balance(session, client)),
        "threshold": amount(client, client.low_balance_threshold or 0),
    }


def amount(client: Client, micros: int, *, currency: str = "") -> str:
    """An amount, of the client's currency unless another is given, as its language writes it."""
    return format_currency(
        Decimal(micros) / MICROS,
        currency or client.currency,
        locale=client.language.replace("-", "_"),
    )


def about_balance(session: ResellerSession, client: Client, notice: str, *, url: str) -> None:
    """A mail about the wallet: it goes where the client wants such mails."""
    write(session, client, notice, url=url, to=client.low_balance_email)
