"""Post transfers: the one place where balances are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import TextClause, text

from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.ledger.codes import TransferCode
from portal.ledger.errors import Overdrawn


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """An amount to move: from `debit` to `credit`, in the unit of both.

    (cause, code, n) names the act: posting it again is harmless. `cause` is the id of the row that
    is the reason, made before the first try.
    """

    debit: int
    credit: int
    unit: str
    amount: int
    code: TransferCode
    cause: int
    n: int = 0
    reverses: int | None = None
    actor: int | None = None
    description: str | None = None
    id: int = field(default_factory=ids.new)


@dataclass(frozen=True)
class Posted:
    """What came of a posting: the transfers that were new, and the balances they left.

    `balances` holds each limited account that moved, with its balance before and after.
    """

    transfers: Sequence[int]
    balances: Mapping[int, tuple[int, int]]


@dataclass(frozen=True)
class Held:
    """A limited account that no one else can move until the transaction ends; in its unit."""

    balance: int
    overdraft: int | None

    def spares(self, amount: int) -> bool:
        """Whether so much can be taken from it."""
        return self.overdraft is None or self.balance - amount >= -self.overdraft


_LOOK = """
    SELECT id, credits - debits AS balance, overdraft FROM ledger_accounts
     WHERE reseller_id = :reseller AND id = ANY(CAST(:ids AS bigint[])) AND limited
     ORDER BY id
"""

_INSERT = text(
    """
    INSERT INTO transfers (reseller_id, id, debit_id, credit_id, unit, amount, code, cause_id, n,
                           reverses_id, actor_id, at)
    SELECT :reseller, t.id, t.debit_id, t.credit_id, t.unit, t.amount, t.code, t.cause_id, t.n,
           t.reverses_id, t.actor_id, :at
      FROM unnest(CAST(:ids AS bigint[]), CAST(:debits AS bigint[]), CAST(:credits AS bigint[]),
                  CAST(:units AS text[]), CAST(:amounts AS bigint[]), CAST(:codes AS text[]),
                  CAST(:causes AS bigint[]), CAST(:ns AS int[]), CAST(:reverses AS bigint[]),
                  CAST(:actors AS bigint[]))
        AS t(id, debit_id, credit_id, unit, amount, code, cause_id, n, reverses_id, actor_id)
    ON CONFLICT (reseller_id, cause_id, code, n) DO NOTHING
    RETURNING id
    """
)

# One account at a time, in the order the caller chose: that order is what keeps two postings from
# waiting for each other. A credit always passes; a debit only down to the overdraft.
_MOVE = text(
    """
    UPDATE ledger_accounts
       SET debits = debits + :debit, credits = credits + :credit
     WHERE reseller_id = :reseller AND id = :id AND limited
       AND (overdraft IS NULL OR credits + :credit - debits - :debit >= -overdraft)
    RETURNING credits - debits
    """
)

_LIMITED = text(
    "SELECT id FROM ledger_accounts"
    " WHERE reseller_id = :reseller AND id = ANY(CAST(:ids AS bigint[])) AND limited"
)

_NOTE = text(
    "INSERT INTO transfer_notes (reseller_id, transfer_id, description)"
    " VALUES (:reseller, :id, :description)"
)


def hold(session: ResellerSession, account_ids: Iterable[int]) -> dict[int, Held]:
    """Lock limited accounts, in order of id, for a caller who decides by what they hold."""
    return _read(session, text(f"{_LOOK} FOR NO KEY UPDATE"), account_ids)


def look(session: ResellerSession, account_ids: Iterable[int]) -> dict[int, Held]:
    """What limited accounts hold at this moment, without locking them."""
    return _read(session, text(_LOOK), account_ids)


def _read(
    session: ResellerSession, query: TextClause, account_ids: Iterable[int]
) -> dict[int, Held]:
    asked = {"reseller": session.reseller_id, "ids": sorted(account_ids)}
    return {row.id: Held(row.balance, row.overdraft) for row in session.execute(query, asked)}


def post(
    session: ResellerSession, transfers: Iterable[Transfer], *, last: Iterable[int] = ()
) -> Posted:
    """Write transfers and move the limited accounts on their sides, all or none.

    Transfers whose natural key is there already are left out, so that an act repeated moves
    nothing. Accounts are updated in order of id; those in `last` after all others, because they
    are the busiest rows (a reseller's cover) and are held shortest so.

    Raises:
        Overdrawn: an account may not fall so far. The transaction must be rolled back.
    """
    wanted = list(transfers)
    fresh = _insert(session, wanted)
    new = [t for t in wanted if t.id in fresh]
    for transfer in new:
        if transfer.description:
            session.execute(
                _NOTE,
                {
                    "reseller": session.reseller_id,
                    "id": transfer.id,
                    "description": transfer.description,
                },
            )
    return Posted([t.id for t in new], _move(session, new, last=frozenset(last)))


def _insert(session: ResellerSession, transfers: Sequence[Transfer]) -> frozenset[int]:
    if not transfers:
        return frozenset()
    rows = session.execute(
        _INSERT,
        {
            "reseller": session.reseller_id,
            "at": clock.now(),
            "ids": [t.id for t in transfers],
            "debits": [t.debit for t in transfers],
            "credits": [t.credit for t in transfers],
            "units": [t.unit for t in transfers],
            "amounts": [t.amount for t in transfers],
            "codes": [t.code.value for t in transfers],
            "causes": [t.cause for t in transfers],
            "ns": [t.n for t in transfers],
            "reverses": [t.reverses for t in transfers],
            "actors": [t.actor for t in transfers],
        },
    )
    return frozenset(rows.scalars())


def _move(
    session: ResellerSession, transfers: Sequence[Transfer], *, last: frozenset[int]
) -> dict[int, tuple[int, int]]:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for transfer in transfers:
        sums[transfer.debit][0] += transfer.amount
        sums[transfer.credit][1] += transfer.amount
    if not sums:
        return {}
    limited = session.scalars(_LIMITED, {"reseller": session.reseller_id, "ids": sorted(sums)})
    balances = {}
    for account_id in sorted(limited, key=lambda number: (number in last, number)):
        debit, credit = sums[account_id]
        after = session.scalar(
            _MOVE,
            {
                "reseller": session.reseller_id,
                "id": account_id,
                "debit": debit,
                "credit": credit,
            },
        )
        if after is None:
            raise Overdrawn(account_id, needs=debit - credit)
        balances[account_id] = (after - credit + debit, after)
    return balances
