"""A client's kept card: read from the provider after a deposit, shown, removed.

Keeping is prepare, call, record: no transaction is open during the call. What is kept is what the
provider says of a payment that is credited, never what a browser or a notification says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from portal.accounts import access as reach
from portal.accounts import activity
from portal.accounts.actor import Actor, system
from portal.infra import clock, ids, outgoing, queue
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Unsealable, Vault
from portal.payments import accounts, crediting, deposits, registry
from portal.payments.errors import NoSuchPayment
from portal.payments.models import PaymentAccount
from portal.payments.port import Access, Kept
from portal.payments.statuses import CREDITED
from portal.payments.top_up_models import SavedMethod

KEEP: Final = "payments.keep_method"
"""The job that reads which card a deposit was paid with."""
FORGET: Final = "payments.forget_method"
"""The job that has the provider forget one."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A payment whose card is to be read, or a card that is to be forgotten."""

    kind: str
    access: Access
    number: str


def own(session: ResellerSession, client_id: int) -> SavedMethod | None:
    """The card that a client lets us charge."""
    return session.scalars(
        select(SavedMethod).where(
            SavedMethod.client_id == client_id, SavedMethod.removed_at.is_(None)
        )
    ).one_or_none()


def by_id(session: ResellerSession, method_id: int) -> SavedMethod:
    """A card, in use or not.

    Raises:
        NotFound: there is none.
    """
    found = session.get(SavedMethod, (session.reseller_id, method_id))
    if found is None:
        raise NotFound("kept card", method_id)
    return found


def label(method: SavedMethod) -> str:
    """What a card is called wherever somebody reads of it, as `Visa ••4242`."""
    return f"{method.brand} ••{method.last_four}"


def paid_to(session: ResellerSession, method: SavedMethod) -> PaymentAccount | None:
    """The account in use that a card can be charged for, if there is one.

    A new key of the same merchant knows the cards of the old one; its key for tests does not.
    """
    kept_with = accounts.by_id(session, method.account_id)
    for account in accounts.offered(session):
        is_same = account.id == kept_with.id
        if account.provider == kept_with.provider and not is_same:
            is_same = bool(account.merchant) and account.merchant == kept_with.merchant
            is_same = is_same and account.is_live is kept_with.is_live
        if is_same:
            return account
    return None


def prepare_keeping(
    session: ResellerSession, *, deposit_id: int, vault: Vault, installation: Settings
) -> Question | None:
    """What to ask about the card of a deposit; None if none is to be kept, or it is kept by now.

    Raises:
        NotFound: there is no such deposit.
    """
    deposit = deposits.by_id(session, deposit_id)
    account = accounts.by_id(session, deposit.account_id)
    is_wanted = deposit.keeps and deposit.state in CREDITED and registry.keeps(account.provider)
    if not is_wanted or deposit.payment_id is None or _of_deposit(session, deposit_id):
        return None
    return question(session, account, deposit.payment_id, vault=vault, installation=installation)


def look(question: Question) -> Kept | None:
    """Ask which card a payment was made with; None if it is none that can be charged later.

    Raises:
        Unanswered, Refused: it is not known.
    """
    with outgoing.call(f"payments: kept {question.kind}"):
        keeper = registry.open_keeper(question.kind, question.access)
        try:
            return keeper.kept(payment_id=question.number)
        except NoSuchPayment:
            return None


def record_kept(session: ResellerSession, *, deposit_id: int, kept: Kept | None) -> bool:
    """Keep a card in place of the one that was kept before; False if there is nothing to keep.

    Raises:
        NotFound: there is no such deposit.
    """
    deposit = deposits.by_id(session, deposit_id)
    client = reach.locked_client(session, crediting.client_of(deposit))
    if kept is None or client.closed_at is not None or _of_deposit(session, deposit_id):
        return False
    before = own(session, client.id)
    if before is not None:
        _let_go(session, before)
    method = SavedMethod(
        id=ids.new(),
        client_id=client.id,
        account_id=deposit.account_id,
        deposit_id=deposit.id,
        person_id=deposit.person_id,
        customer=kept.customer,
        method=kept.method,
        brand=kept.brand,
        last_four=kept.last_four,
        expires_on=kept.expires_on,
        kept_at=clock.now(),
    )
    session.add(method)
    session.flush()
    activity.record(
        session,
        by=system(session.reseller_id),
        what="card.kept",
        client_id=client.id,
        about_id=method.id,
        card=label(method),
    )
    return True


def remove(session: ResellerSession, *, client_id: int, by: Actor) -> bool:
    """Charge a client's card no more, and have it forgotten at the provider; False if none is kept.

    Raises:
        NotFound: there is no such client.
    """
    reach.client_by_id(session, actor=by, client_id=client_id)
    reach.locked_client(session, client_id)
    method = own(session, client_id)
    if method is None:
        return False
    _let_go(session, method)
    activity.record(
        session,
        by=by,
        what="card.removed",
        client_id=client_id,
        about_id=method.id,
        card=label(method),
    )
    return True


def erase(session: ResellerSession, *, client_id: int) -> None:
    """Charge a client that is erased no more; what is known of its card goes with its forgetting.

    What tells of it here goes at once. The provider's own names stay until it has forgotten them.
    """
    for method in session.scalars(select(SavedMethod).where(SavedMethod.client_id == client_id)):
        if method.removed_at is None:
            _let_go(session, method)
        method.brand, method.last_four, method.expires_on = "", "", None


def expiring(session: ResellerSession, *, until: date) -> list[SavedMethod]:
    """Cards in use that expire until then and whose clients were not told, held."""
    return list(
        session.scalars(
            select(SavedMethod)
            .where(
                SavedMethod.removed_at.is_(None),
                SavedMethod.warned_at.is_(None),
                SavedMethod.expires_on <= until,
            )
            .order_by(SavedMethod.id)
            .with_for_update(skip_locked=True)
        )
    )


def _of_deposit(session: ResellerSession, deposit_id: int) -> bool:
    found = select(SavedMethod.id).where(SavedMethod.deposit_id == deposit_id)
    return session.scalar(found) is not None


def _let_go(session: ResellerSession, method: SavedMethod) -> None:
    method.removed_at = clock.now()
    session.flush()
    queue.enqueue(session, FORGET, reseller_id=session.reseller_id, method_id=method.id)


def question(
    session: ResellerSession,
    account: PaymentAccount,
    number: str,
    *,
    vault: Vault,
    installation: Settings,
) -> Question | None:
    """What to ask an account about; None if nobody can, since its secrets cannot be read."""
    try:
        found = accounts.access(session, account, vault=vault, settings=installation)
    except Unsealable:
        return None
    return Question(kind=account.provider, access=found, number=number)
