"""A client that staff take in themselves: active at once, with an owner who is invited or not."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from portal.accounts import activity, invitations, passwords, wallet
from portal.accounts.actor import Actor
from portal.accounts.client_data import ClientData
from portal.accounts.models import Client
from portal.accounts.roles import Role
from portal.accounts.statuses import BalanceManagement
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.tenancy import resellers


@dataclass(frozen=True, kw_only=True)
class NewClient:
    """All that staff say of a client; amounts are millionths of its currency.

    `credit_limit` is for SOFT, None without one; no `low_balance_threshold` is no such mail. With a
    `password` its owner signs in with that, and nobody is invited.
    """

    data: ClientData
    currency: str
    management: BalanceManagement
    credit_limit: int | None
    low_balance_threshold: int | None
    low_balance_email: str
    invited: bool
    password: str = ""


def make(session: ResellerSession, *, new: NewClient, by: Actor) -> Client:
    """An active client with a wallet; its owner is mailed an invitation if that is wanted.

    Whoever is in staff's place lets nobody in: staff themselves mail the invitation then, and a
    password is not taken from them.

    HARD with nothing in the wallet is suspended by balance at once, as at every activation.

    Raises:
        NameTaken: somebody of this reseller's signs in with the address.
        WeakPassword: the password is not good enough.
        PasswordChecksBusy: too many passwords are being worked on.
    """
    now = clock.now()
    password = new.password if by.viewing is None else ""
    password_hash = passwords.hashed(password) if password else ""
    client = Client(
        id=ids.new(),
        number=resellers.next_client_number(session),
        **asdict(new.data),
        currency=new.currency,
        balance_management=new.management,
        credit_limit=new.credit_limit if new.management is BalanceManagement.SOFT else None,
        low_balance_threshold=new.low_balance_threshold,
        low_balance_email=new.low_balance_email,
        low_balance_armed=False,
        created_at=now,
        email_confirmed_at=None,
    )
    session.add(client)
    session.flush()  # the wallet and the owner refer to it
    owner = invitations.add(
        session,
        client_id=client.id,
        email=client.email,
        role=Role.OWNER,
        language=client.language,
        firstname=client.firstname,
        lastname=client.lastname,
        mailed=new.invited and by.viewing is None and not password,
    )
    if password:
        owner.password_hash, owner.invited_at = password_hash, None
    wallet.open_for(session, client)
    client.activated_at = now
    if new.management is BalanceManagement.HARD:
        client.suspended_by_balance_at = now
    session.flush()
    activity.record(session, by=by, what="client.created", client_id=client.id, reason=client.name)
    if password:
        activity.record(
            session,
            by=by,
            what="person.password_given",
            client_id=client.id,
            about_id=owner.id,
            name=owner.name,
        )
    return client
