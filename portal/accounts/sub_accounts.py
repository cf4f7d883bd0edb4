"""Sub-accounts: a device, a program, a department that a client sends from."""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.accounts import access, activity, quotas
from portal.accounts.actor import Actor
from portal.accounts.errors import NameTaken, WrongStanding
from portal.accounts.models import Client, SubAccount
from portal.accounts.sender_models import SenderName
from portal.accounts.statuses import Standing
from portal.infra import clock, signing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound

API_PASSWORD_BITS = 160
_USER = re.compile(r"[a-z0-9][a-z0-9._@-]{2,79}", re.ASCII)


class UserInvalid(ValueError):
    """A user name has 3 to 80 small letters, digits and `. _ @ -`."""


def create(
    session: ResellerSession,
    *,
    client_id: int,
    name: str,
    user: str,
    by: Actor,
    default_sender: str = "",
) -> tuple[SubAccount, str]:
    """A new sub-account and its API password, which is shown this once and kept as a hash.

    Raises:
        UserInvalid: the user name has other characters.
        NameTaken: the client has one of this name, or the reseller one of this user.
        WrongStanding: the client is closed.
        NotFound: there is no such client.
    """
    if not _USER.fullmatch(user):
        raise UserInvalid(user)
    client = _open_client(session, client_id)
    password = signing.random_token(API_PASSWORD_BITS)
    sub_account = SubAccount(
        client_id=client.id,
        name=name,
        user=user,
        api_password_hash=signing.digest(password),
        default_sender=default_sender,
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(sub_account)
    except IntegrityError as taken:
        raise _taken(taken, name=name, user=user) from None
    if client.wholly_on_quota:
        quotas.look_at_modes(session, client)  # a new one pays with money
    activity.record(
        session,
        by=by,
        what="sub_account.created",
        client_id=client.id,
        about_id=sub_account.id,
        name=name,
    )
    return sub_account, password


def change(
    session: ResellerSession, *, sub_account_id: int, name: str, default_sender: str, by: Actor
) -> bool:
    """Give a sub-account another name, or another sender for messages that name none.

    Whether the client may use the sender is for the caller. False where all was so already.

    Raises:
        NameTaken: the client has another one of this name.
        NotFound: there is no such open sub-account.
    """
    sub_account = _opened(session, sub_account_id, by=by)
    if (sub_account.name, sub_account.default_sender) == (name, default_sender):
        return False
    try:
        with session.begin_nested():
            sub_account.name, sub_account.default_sender = name, default_sender
    except IntegrityError:
        session.refresh(sub_account)
        raise NameTaken("name", name) from None
    _note(session, sub_account, "sub_account.changed", by=by)
    return True


def renew_password(session: ResellerSession, *, sub_account_id: int, by: Actor) -> str:
    """A new API password, shown this once; the old one works no more from this moment.

    Raises:
        NotFound: there is no such open sub-account.
    """
    sub_account = _opened(session, sub_account_id, by=by)
    password = signing.random_token(API_PASSWORD_BITS)
    sub_account.api_password_hash = signing.digest(password)
    _note(session, sub_account, "sub_account.password_renewed", by=by)
    return password


def close(
    session: ResellerSession, *, sub_account_id: int, by: Actor, ended_package_id: int | None
) -> SubAccount:
    """Let nothing be sent from a sub-account any more; its names are free for another.

    What is connected to it has to be taken off before: `provisioning.sub_account_closing`, which
    also names the package that ended with it.

    Raises:
        NotFound: there is no such open sub-account.
    """
    sub_account = _opened(session, sub_account_id, by=by)
    assert sub_account.package_id is None, "its package is taken away first"
    sub_account.closed_at = clock.now()
    sub_account.closed_with_package_id = ended_package_id
    _note(session, sub_account, "sub_account.closed", by=by)
    _look_at_modes(session, sub_account)
    return sub_account


def reopen(session: ResellerSession, *, sub_account_id: int, by: Actor) -> SubAccount:
    """Take the closing of a sub-account back.

    Raises:
        NameTaken: another one has its name or its user by now.
        WrongStanding: the client was closed as well.
        NotFound: there is no such closed sub-account.
    """
    sub_account = access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    if sub_account.closed_at is None:
        raise NotFound("closed sub-account", sub_account_id)
    _open_client(session, sub_account.client_id)
    try:
        with session.begin_nested():
            sub_account.closed_at = None
    except IntegrityError as taken:
        session.refresh(sub_account)
        raise _taken(taken, name=sub_account.name, user=sub_account.user) from None
    _note(session, sub_account, "sub_account.reopened", by=by)
    _look_at_modes(session, sub_account)
    return sub_account


def _open_client(session: ResellerSession, client_id: int) -> Client:
    """A client that may have sub-accounts, held until the transaction ends."""
    client = access.locked_client(session, client_id)
    if client.standing is Standing.CLOSED:
        raise WrongStanding(client.standing)
    return client


def _opened(session: ResellerSession, sub_account_id: int, *, by: Actor) -> SubAccount:
    """An open sub-account, held with its client until the transaction ends."""
    found = access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    access.locked_client(session, found.client_id)
    session.refresh(found)
    if found.closed_at is not None:
        raise NotFound("sub-account", sub_account_id)
    return found


def _look_at_modes(session: ResellerSession, sub_account: SubAccount) -> None:
    client = access.locked_client(session, sub_account.client_id)
    quotas.look_at_modes(session, client)


def _taken(refused: IntegrityError, *, name: str, user: str) -> NameTaken:
    """Which of the two unique names another one has."""
    field = "user" if "user" in str(refused.orig).split("\n")[0] else "name"
    return NameTaken(field, user if field == "user" else name)


def _note(session: ResellerSession, sub_account: SubAccount, what: str, *, by: Actor) -> None:
    activity.record(
        session,
        by=by,
        what=what,
        client_id=sub_account.client_id,
        about_id=sub_account.id,
        name=sub_account.name,
    )


def package_ids(
    session: ResellerSession, *, client_id: int, among: Collection[int] | None = None
) -> set[int | None]:
    """The packages of a client's open sub-accounts, or of some of them; None is having none."""
    query = select(SubAccount.package_id).where(
        SubAccount.client_id == client_id, SubAccount.closed_at.is_(None)
    )
    if among is not None:
        query = query.where(SubAccount.id.in_(among))
    return set(session.scalars(query.distinct()))


def by_credentials(session: ResellerSession, *, user: str, api_password: str) -> SubAccount | None:
    """The sub-account that this user and API password name, or None."""
    found = session.scalars(
        select(SubAccount).where(SubAccount.user == user, SubAccount.closed_at.is_(None))
    ).one_or_none()
    # Compared in any case, so that a user who is none takes as long as one who is.
    known = found.api_password_hash if found else signing.digest("")
    right = hmac.compare_digest(known.encode(), signing.digest(api_password).encode())
    return found if right else None


def approve_sender(
    session: ResellerSession, *, client_id: int, name: str, by: Actor, for_codes: bool = False
) -> None:
    """Let a client send under this name; `for_codes`: also sign-in codes while it is in debt.

    Raises:
        NotFound: there is no such client.
    """
    client = access.locked_client(session, client_id)
    session.merge(
        SenderName(
            reseller_id=session.reseller_id,
            client_id=client.id,
            name=name,
            approved_at=clock.now(),
            for_codes=for_codes,
        )
    )
    activity.record(
        session,
        by=by,
        what="sender.approved",
        client_id=client.id,
        name=name,
        for_codes=for_codes,
        reason=name,
    )


def withdraw_sender(session: ResellerSession, *, client_id: int, name: str, by: Actor) -> None:
    """Let a client send under this name no more.

    Raises:
        NotFound: there is no such client, or the name was not approved for it.
    """
    client = access.locked_client(session, client_id)
    sender = session.get(SenderName, (session.reseller_id, client.id, name))
    if sender is None:
        raise NotFound("sender name", name)
    session.delete(sender)
    activity.record(
        session, by=by, what="sender.withdrawn", client_id=client.id, name=name, reason=name
    )


def senders_of(session: ResellerSession, *, client_id: int) -> list[SenderName]:
    """The sender names that a client may use, by name."""
    return list(
        session.scalars(
            select(SenderName).where(SenderName.client_id == client_id).order_by(SenderName.name)
        )
    )


def approved_senders(session: ResellerSession, *, client_id: int) -> list[str]:
    """The sender names that a client may use."""
    return list(
        session.scalars(
            select(SenderName.name)
            .where(SenderName.client_id == client_id)
            .order_by(SenderName.name)
        )
    )
