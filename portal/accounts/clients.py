"""The life of a client: sign-up, activation, refusal, suspension."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import access, activity, letters, passwords, wallet
from portal.accounts import standing as standings
from portal.accounts.actor import Actor, system
from portal.accounts.errors import WrongStanding
from portal.accounts.models import Client, Person
from portal.accounts.roles import Role
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.notifications import outbox
from portal.tenancy import links, resellers, settings


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


def sign_up(session: ResellerSession, *, form: SignUp, origin: str) -> Client | None:
    """A new client in WAIT, with its first person; both it and the reseller get a mail.

    Where the address has an account, nothing is made, None is returned, and the mail to the address
    says that there is one: the page answers the same, so nobody learns who is a client here.
    """
    password_hash = passwords.hashed(form.password)
    try:
        with session.begin_nested():
            client = _new(session, form, password_hash=password_hash)
    except IntegrityError:
        _tell_owner_of_address(session, form.email, origin=origin)
        return None
    letters.write(session, client, "signup_received", url=links.home(origin))
    _tell_staff(session, client, origin=origin)
    activity.record(
        session, by=system(session.reseller_id), what="client.signed_up", client_id=client.id
    )
    return client


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


def _tell_staff(session: ResellerSession, client: Client, *, origin: str) -> None:
    reseller = resellers.own(session)
    outbox.write(
        session,
        "signup_notice",
        to=reseller.email,
        language=reseller.language,
        values={
            "firstname": client.firstname,
            "lastname": client.lastname,
            "company": client.company,
            "email": client.email,
            "url": links.client_page(origin, client.id),
        },
    )


def _tell_owner_of_address(session: ResellerSession, email: str, *, origin: str) -> None:
    person = session.scalars(select(Person).where(func.lower(Person.email) == email.lower())).one()
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


def activate(session: ResellerSession, *, client_id: int, by: Actor, origin: str) -> Client:
    """Let a client in: it gets a wallet and a mail. HARD with nothing in it is suspended at once.

    Raises:
        WrongStanding: it is not waiting.
        NotFound: there is no such client.
    """
    client = _in(session, client_id, {Standing.WAIT})
    wallet.open_for(session, client)
    client.activated_at = clock.now()
    held = wallet.balance(session, client)
    activity.record(session, by=by, what="client.activated", client_id=client.id)
    if client.balance_management is BalanceManagement.HARD and held <= 0:
        # The mail of the activation says that a deposit comes first; no second one is needed.
        client.suspended_by_balance_at = clock.now()
    letters.write(session, client, "activated", url=links.login(origin))
    return client


def refuse(
    session: ResellerSession, *, client_id: int, by: Actor, reason: str, origin: str
) -> Client:
    """Turn a waiting client down, for a reason that it is told.

    Raises:
        WrongStanding: it is not waiting.
        NotFound: there is no such client.
    """
    client = _in(session, client_id, {Standing.WAIT})
    client.refused_at = clock.now()
    client.refused_reason = reason
    activity.record(session, by=by, what="client.refused", client_id=client.id, reason=reason)
    letters.write(session, client, "refused", url=links.home(origin), reason=reason)
    return client


def suspend(session: ResellerSession, *, client_id: int, by: Actor, reason: str) -> Client:
    """Stop a client from sending by hand, whatever its balance.

    Raises:
        WrongStanding: it is not active, or suspended so already.
        NotFound: there is no such client.
    """
    client = _in(session, client_id, {Standing.ACTIVE, Standing.SUSPENDED_BY_BALANCE})
    client.suspended_by_staff_at = clock.now()
    client.suspended_by_staff_reason = reason
    activity.record(session, by=by, what="client.suspended", client_id=client.id, reason=reason)
    return client


def lift(session: ResellerSession, *, client_id: int, by: Actor) -> Client:
    """Take back a suspension by hand; one by balance stays until money comes.

    Raises:
        WrongStanding: it is not suspended by hand.
        NotFound: there is no such client.
    """
    client = _in(session, client_id, {Standing.SUSPENDED_BY_STAFF})
    client.suspended_by_staff_at = None
    client.suspended_by_staff_reason = ""
    activity.record(session, by=by, what="client.lifted", client_id=client.id)
    return client


def set_low_balance(
    session: ResellerSession, *, client_id: int, threshold: int | None, email: str, by: Actor
) -> None:
    """Choose at which balance (millionths, or None for never) a mail goes to whom.

    Raises:
        NotFound: there is no such client.
    """
    client = wallet.held_client(session, client_id)
    client.low_balance_threshold = threshold
    client.low_balance_email = email
    standings.threshold_raised(session, client, balance=wallet.balance(session, client))
    activity.record(
        session, by=by, what="client.low_balance", client_id=client.id, threshold=threshold
    )


def _in(session: ResellerSession, client_id: int, expected: set[Standing]) -> Client:
    client = access.locked_client(session, client_id)
    if client.standing not in expected:
        raise WrongStanding(client.standing)
    return client
