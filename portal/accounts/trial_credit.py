"""Money to try the portal with: once for a client, a telephone and an e-mail address.

It is booked like a voucher, as given by the reseller: no payment stands behind it, so that there is
nothing to refund, and it is no income until it is spent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import access, activity, keeping
from portal.accounts.actor import Actor, system
from portal.accounts.models import Client, SubAccount
from portal.accounts.sign_up_models import SignUpRecord
from portal.accounts.statuses import MAY_SIGN_IN
from portal.accounts.trial_models import TrialCredit
from portal.infra import clock, signing
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.ledger import opening
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.tenancy import resellers, settings
from portal.tenancy.trial_rules import TrialRules

OFFERED_FOR: Final = timedelta(days=30)
"""From the activation on, so that turning it on gives nothing to those who came long ago."""

_EVERY_COUNTRY: Final = "*"


class TrialHadBefore(PortalError):
    """This telephone or this address has had it."""

    code = "trial_had_before"


@dataclass(frozen=True)
class Given:
    """How many had a trial credit, and how much that is, in millionths."""

    count: int
    amount: int


def offered(session: ResellerSession, client: Client) -> TrialRules | None:
    """By which rules a client may have it now; None where it may not.

    It is for people who have signed up by themselves, confirmed their address and been let in.
    """
    rules = settings.read(session).trial
    if not rules.is_on or _sender(session, rules) is None:
        return None
    if client.standing not in MAY_SIGN_IN or client.email_confirmed_at is None:
        return None
    if client.activated_at is None or client.activated_at < clock.now() - OFFERED_FOR:
        return None
    if client.currency != resellers.own(session).currency:
        return None
    if session.get(SignUpRecord, (session.reseller_id, client.id)) is None:
        return None
    return None if _has_had(session, client) else rules


def senders(session: ResellerSession) -> list[SubAccount]:
    """The sub-accounts that codes may be sent from: open, and without a limit of parts."""
    return list(
        session.scalars(
            select(SubAccount)
            .where(SubAccount.quota_unlimited, SubAccount.closed_at.is_(None))
            .order_by(SubAccount.name, SubAccount.id)
        )
    )


def closed_countries(
    session: ResellerSession, *, sub_account_id: int, countries: Iterable[str]
) -> list[str]:
    """Those of these countries that a sub-account cannot send to, as its client stands now.

    Raises:
        NotFound: there is no such sub-account.
    """
    everybody = system(session.reseller_id)
    sub_account = access.sub_account_by_id(session, actor=everybody, sub_account_id=sub_account_id)
    client = access.client_by_id(session, actor=everybody, client_id=sub_account.client_id)
    open_to_it = {client.country, *client.countries, *settings.read(session).countries}
    return [] if _EVERY_COUNTRY in open_to_it else [c for c in countries if c not in open_to_it]


def credit(session: ResellerSession, *, client_id: int, phone: str, by: Actor) -> int:
    """Give a client what the rules say, for a telephone that it has proven; the millionths.

    Raises:
        TrialHadBefore: the client, the telephone or the address has had it, or it is not offered.
        NotFound: there is no such client.
    """
    client = keeping.held_client(session, client_id)
    rules = offered(session, client)
    if rules is None:
        raise TrialHadBefore
    transfer = Transfer(
        debit=opening.account(session, AccountCode.GIVEN, unit=client.currency),
        credit=keeping.open_for(session, client),
        unit=client.currency,
        amount=keeping.positive(rules.amount),
        code=TransferCode.TRIAL_CREDIT,
        cause=client.id,
        actor=by.person_id,
    )
    try:
        with session.begin_nested():
            keeping.credit(session, client, transfer)
            session.add(
                TrialCredit(
                    client_id=client.id,
                    phone_hash=hashed(session.reseller_id, phone),
                    email_hash=hashed(session.reseller_id, _plain(client.email)),
                    transfer_id=transfer.id,
                    amount=transfer.amount,
                    currency=transfer.unit,
                    credited_at=clock.now(),
                )
            )
    except IntegrityError:
        raise TrialHadBefore from None
    activity.record(
        session,
        by=by,
        what="client.trial_credit",
        client_id=client.id,
        about_id=transfer.id,
        amount=transfer.amount,
        currency=transfer.unit,
    )
    return transfer.amount


def given(session: ResellerSession) -> Given:
    """What was given so far, in the reseller's currency."""
    currency = resellers.own(session).currency
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(TrialCredit.amount), 0)).where(
            TrialCredit.currency == currency
        )
    ).one()
    return Given(row[0], int(row[1]))


def had_before(session: ResellerSession, clients: Iterable[Client]) -> frozenset[int]:
    """Those of these clients whose telephone or address has had the credit as another client."""
    wanted: Mapping[int, set[str]] = {each.id: _hashes(session, each) for each in clients}
    everything = sorted(set().union(*wanted.values()))
    rows = session.execute(
        select(TrialCredit.client_id, TrialCredit.phone_hash, TrialCredit.email_hash).where(
            or_(TrialCredit.phone_hash.in_(everything), TrialCredit.email_hash.in_(everything))
        )
    ).all()
    return frozenset(
        client_id
        for client_id, hashes in wanted.items()
        if any(row[0] != client_id and not hashes.isdisjoint(row[1:]) for row in rows)
    )


def hashed(reseller_id: int, fact: str) -> str:
    """What is kept of a telephone or an address that has had it."""
    return signing.digest(f"trial/{reseller_id}/{fact}")


def _hashes(session: ResellerSession, client: Client) -> set[str]:
    facts = [each for each in (client.phone, _plain(client.email)) if each]
    return {hashed(session.reseller_id, each) for each in facts}


def _has_had(session: ResellerSession, client: Client) -> bool:
    email_hash = hashed(session.reseller_id, _plain(client.email))
    found = session.scalar(
        select(TrialCredit.client_id)
        .where(or_(TrialCredit.client_id == client.id, TrialCredit.email_hash == email_hash))
        .limit(1)
    )
    return found is not None


def _plain(email: str) -> str:
    """An address as one mailbox has it: what stands behind a plus is read by the same person."""
    name, _, domain = email.lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def _sender(session: ResellerSession, rules: TrialRules) -> SubAccount | None:
    if rules.sub_account_id is None:
        return None
    found = session.get(SubAccount, (session.reseller_id, rules.sub_account_id))
    usable = found is not None and found.quota_unlimited and found.closed_at is None
    return found if usable else None
