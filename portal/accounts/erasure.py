"""Erase a client: nothing is left that tells who it was, and the books stay as they are.

What accounts and mails know goes in the caller's transaction. Messages may be a million, so a job
that the same transaction queues does them in batches (`JOB`); so it does what else higher parts
keep. Ids, the client's number, amounts, parts, prices, countries and moments stay, because the
books have to be proven; so do the versions of the pages that were accepted, because they are the
contract that the amounts rest on. Invoices stay as they were issued, names and all: they are books
that the law has kept. Of a telephone and an address that had the trial credit a hash stays, so
that nobody has it twice by being erased.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import delete, func, or_, select, update

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.accounts.client_models import ClientNote
from portal.accounts.consent_models import Consent
from portal.accounts.key_models import ApiKey
from portal.accounts.models import Activity, Client, OneTimeLink, Person, SubAccount
from portal.accounts.people_models import PersonSubAccount
from portal.accounts.sender_models import SenderName
from portal.accounts.session_models import SignedIn
from portal.accounts.sign_in_models import (
    EmailChange,
    KnownDevice,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    SecondStep,
)
from portal.accounts.sign_up_models import ApprovalLink, SignUpRecord
from portal.accounts.trial_models import PhoneCheck
from portal.infra import clock, kept_answers, queue
from portal.infra.db import ResellerSession
from portal.notifications import mail_record

JOB: Final = "privacy.erase_client"
ERASED: Final = "client.erased"
"""The act that takes the words of all others about the client with it."""

NOBODY: Final = "erased.invalid"
"""The domain of the addresses that stand in the place of those erased; no mail can reach it."""

_OF_PEOPLE: Final = (
    SignedIn, OneTimeLink, SecondStep, RecoveryCode, Passkey, PasskeyChallenge, KnownDevice,
    EmailChange, ApiKey, PersonSubAccount,
)  # fmt: skip
"""Rows about a person that serve nobody once the person is gone."""

_OF_CLIENT: Final = (ClientNote, SenderName, SignUpRecord, ApprovalLink, PhoneCheck)
"""Rows about a client that do not."""

_FACTS: Final = (
    "company", "firstname", "lastname", "phone", "address", "postal_code", "city", "state",
    "tax_id", "low_balance_email", "refused_reason", "suspended_by_staff_reason",
)  # fmt: skip


def erase(session: ResellerSession, *, client_id: int, by: Actor) -> None:
    """Erase everything that tells who a client is, its people with it; it is closed from then on.

    Doing it again finds nothing left and records that it was done again.

    Raises:
        NotFound: there is no such client.
    """
    client = access.locked_client(session, client_id)
    people = session.scalars(select(Person).where(Person.client_id == client_id)).all()
    person_ids = [person.id for person in people]
    addresses = {client.email, client.low_balance_email, *(each.email for each in people)}
    names = {client.company, client.email, f"{client.firstname} {client.lastname}".strip()}
    _erase_words(session, client_id, person_ids, addresses=_known(addresses), by=by)
    for of_person in _OF_PEOPLE:
        session.execute(delete(of_person).where(of_person.person_id.in_(person_ids)))
    for of_client in _OF_CLIENT:
        session.execute(delete(of_client).where(of_client.client_id == client_id))
    session.execute(delete(ApiKey).where(ApiKey.client_id == client_id))
    _leave(session, client_id)
    session.execute(update(Consent).where(Consent.client_id == client_id).values(address=""))
    kept_answers.forget_of(session, owner_ids=[client_id, *person_ids])
    mail_record.erase(
        session, client_id=client_id, addresses=_known(addresses), names=_known(names)
    )
    for person in people:
        _blank_person(person)
    for sub_account in session.scalars(select(SubAccount).where(SubAccount.client_id == client_id)):
        _blank_sub_account(sub_account)
    _blank_client(client)
    session.flush()
    queue.enqueue(session, JOB, reseller_id=session.reseller_id, client_id=client_id)


def owners(session: ResellerSession, *, client_id: int) -> list[int]:
    """Who owns accounts of the ledger for a client: itself, and its sub-accounts."""
    return [
        client_id,
        *session.scalars(select(SubAccount.id).where(SubAccount.client_id == client_id)),
    ]


def _known(texts: Collection[str]) -> set[str]:
    return {each.lower() for each in texts if each and not each.endswith(f"@{NOBODY}")}


def _erase_words(
    session: ResellerSession,
    client_id: int,
    person_ids: Collection[int],
    *,
    addresses: Collection[str],
    by: Actor,
) -> None:
    """Take the words of all acts about the client, and name in each the act that took them."""
    activity.record(session, by=by, what=ERASED, client_id=client_id)
    session.flush()
    erasing = session.scalars(
        select(Activity.id)
        .where(Activity.what == ERASED, Activity.client_id == client_id)
        .order_by(Activity.id.desc())
        .limit(1)
    ).one()
    typed = func.lower(Activity.details["email"].astext)
    session.execute(
        update(Activity)
        .where(
            or_(
                Activity.client_id == client_id,
                Activity.acting_as_client_id == client_id,
                Activity.client_id.is_(None) & Activity.person_id.in_(person_ids),
                # Somebody who mistyped is in no client's acts, but their address may be.
                Activity.client_id.is_(None) & typed.in_(addresses),
            ),
            Activity.id != erasing,
            Activity.erased_by_id.is_(None),
        )
        .values(person_name="", address="", details={}, words_salt=None, erased_by_id=erasing)
        .execution_options(synchronize_session=False)
    )


def _leave(session: ResellerSession, client_id: int) -> None:
    """Nobody looks at the pages of a client that is gone."""
    session.execute(
        update(SignedIn)
        .where(SignedIn.viewing_client_id == client_id)
        .values(viewing_client_id=None, viewing_reason="", viewing_until=None)
    )


def _blank_person(person: Person) -> None:
    """The row stays, because transfers and messages name its id."""
    person.email = f"{person.id}@{NOBODY}"
    person.firstname = person.lastname = person.password_hash = ""
    person.api_password_hash = None
    person.auth_epoch += 1
    person.last_login_at = None


def _blank_sub_account(sub_account: SubAccount) -> None:
    sub_account.name = f"#{sub_account.id}"
    sub_account.user = f"erased-{sub_account.id}"
    sub_account.api_password_hash = ""
    sub_account.default_sender = ""
    sub_account.closed_at = sub_account.closed_at or clock.now()


def _blank_client(client: Client) -> None:
    for fact in _FACTS:
        setattr(client, fact, "")
    client.email = f"{client.id}@{NOBODY}"
    client.low_balance_threshold = client.top_up_below = None
    client.closed_at = client.closed_at or clock.now()
