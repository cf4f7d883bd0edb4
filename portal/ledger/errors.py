"""What the books refuse."""

from __future__ import annotations

from portal.infra.errors import PortalError


class LedgerError(PortalError):
    """The books refused; nothing was written."""


class Overdrawn(LedgerError):
    """A transfer would have taken an account below what it may fall to.

    Amounts are in the account's unit: millionths of a currency, or parts.
    """

    code = "overdrawn"

    def __init__(self, account_id: int, *, needs: int) -> None:
        super().__init__(f"account {account_id} cannot give {needs}")
        self.account_id = account_id
        self.needs = needs


class OverdraftBelowDebt(LedgerError):
    """A limit was asked for that the account is already past."""

    code = "limit_below_debt"

    def __init__(self, *, balance: int) -> None:
        super().__init__(f"the balance is already {balance}")
        self.balance = balance


class AlreadyReversed(LedgerError):
    """A transfer is reversed at most once, and a reversal never."""

    code = "already_reversed"

    def __init__(self, transfer_id: int) -> None:
        super().__init__(f"transfer {transfer_id} is reversed already, or is a reversal itself")
        self.transfer_id = transfer_id
