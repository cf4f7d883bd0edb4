"""Sign-up: somebody new waits, and is asked to show that they read the mail of their address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity, confirming, passwords, sign_up_letters, unconfirmed
from portal.accounts.actor import system
from portal.accounts.models import Client, Person
from portal.accounts.roles import Role
from portal.accounts.sign_up_models import SignUpRecord
from portal.accounts.statuses import BalanceManagement
from portal.infra import clock, ids, queue
from portal.infra.db import ResellerSession
from portal.notifications import outbox
from portal.tenancy import links, resellers, settings

LOOK_UP: Final = "sign_ups.look_up"
"""The job that asks whether the domain of the address takes mail."""


@dataclass(frozen=True, kw_only=True)
class SignUp:
    """What a visitor fills in."""

    email: str
    password: str
    firstname: str
    lastname: str
    company: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    country: str
    phone: str = ""
    tax_id: str = ""
    language: str


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a sign-up came from, beside what was written into the form."""

    address: str = ""
    time_zone: str = ""
    calculated: bool = True


def sign_up(
    session: ResellerSession, *, form: SignUp, origin: str, came: Origin | None = None
) -> Client | None:
    """A new client in WAIT, with its first person, who gets a mail with a link to confirm with.

    The reseller is told when the address is confirmed, or at once if its rules say so.

    Where the address has an account, nothing is made, None is returned, and the mail to the address
    says that there is one: the page answers the same, so nobody learns who is a client here. Of one
    that was never confirmed the newest sign-up counts, and links that were mailed for an older one
    are worth nothing, or whoever typed an address first could have its owner confirm a password
    that is not the owner's.
    """
    password_hash = passwords.hashed(form.password)
    owner = _owner_of(session, form.email)
    if owner is not None and owner.client_id is not None:
        unconfirmed.give_way(session, client_id=owner.client_id)
    try:
        with session.begin_nested():
            client = _new(session, form, password_hash=password_hash)
    except IntegrityError:
        _tell_owner_of_address(session, form.email, origin=origin)
        return None
    came = came or Origin()
    session.add(
        SignUpRecord(
            client_id=client.id,
            address=came.address,
            time_zone=came.time_zone,
            calculated=came.calculated,
        )
    )
    session.flush()  # whether there is something to confirm is asked of it
    activity.record(
        session, by=system(session.reseller_id), what="client.signed_up", client_id=client.id
    )
    _ask_to_confirm(session, client, origin=origin)
    if settings.read(session).admission.notice == "at_once":
        sign_up_letters.tell_reseller(session, client, origin=origin)
    return client


def _ask_to_confirm(session: ResellerSession, client: Client, *, origin: str) -> None:
    person_id = session.scalars(select(Person.id).where(Person.client_id == client.id)).one()
    confirming.mail_link(session, person_id=person_id, origin=origin)
    queue.enqueue(session, LOOK_UP, reseller_id=session.reseller_id, client_id=client.id)


def _new(session: ResellerSession, form: SignUp, *, password_hash: str) -> Client:
    reseller = resellers.own(session)
    chosen = settings.read(session)
    now = clock.now()
    client = Client(
        id=ids.new(),
        number=resellers.next_client_number(session),
        company=form.company,
        firstname=form.firstname,
        lastname=form.lastname,
        email=form.email,
        address=form.address,
        postal_code=form.postal_code,
        city=form.city,
        state=form.state,
        country=form.country,
        phone=form.phone,
        tax_id=form.tax_id,
        language=form.language,
        time_zone=reseller.time_zone,
        currency=reseller.currency,
        balance_management=BalanceManagement(chosen.default_balance_management),
        low_balance_threshold=chosen.low_balance_threshold,
        low_balance_armed=False,
        created_at=now,
    )
    session.add(client)
    session.flush()  # the person's key refers to the client
    session.add(
        Person(
            client_id=client.id,
            role=Role.OWNER,
            email=form.email,
            firstname=form.firstname,
            lastname=form.lastname,
            language=form.language,
            password_hash=password_hash,
            created_at=now,
        )
    )
    session.flush()  # the unique address decides here
    return client


def _owner_of(session: ResellerSession, email: str) -> Person | None:
    return session.scalars(
        select(Person).where(func.lower(Person.email) == email.lower())
    ).one_or_none()


def _tell_owner_of_address(session: ResellerSession, email: str, *, origin: str) -> None:
    person = _owner_of(session, email)
    if person is None:
        return  # whoever had it was removed in this very moment: nobody is left to be told
    outbox.write(
        session,
        "account_exists",
        to=person.email,
        language=person.language,
        values={
            "firstname": person.firstname,
            "lastname": person.lastname,
            "url": _way_back_in(session, origin),
        },
        client_id=person.client_id,
    )


def _way_back_in(session: ResellerSession, origin: str) -> str:
    """Where somebody goes who has forgotten that they have an account."""
    may_reset = settings.read(session).password_reset
    return links.reset_request(origin) if may_reset else links.login(origin)
