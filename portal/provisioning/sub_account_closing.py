"""Close a sub-account once nothing hangs on it any more, and take that back on the same day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.accounts import access, quotas, sub_accounts
from portal.accounts.actor import Actor
from portal.accounts.models import SubAccount
from portal.billing import assignments
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.numbers.models import InboundNumber
from portal.pricing import packages
from portal.tenancy import resellers


class StillConnected(PortalError):
    """Something hangs on the sub-account: numbers, or what is left of a quota."""

    code = "still_connected"

    def __init__(self, *, numbers: tuple[str, ...], parts: int) -> None:
        super().__init__(f"{len(numbers)} numbers and {parts} parts hang on it")
        self.numbers = numbers
        self.parts = parts


class TooLateToUndo(PortalError):
    """The day on which the sub-account was closed is over."""

    code = "too_late_to_undo"


class PackageNotSold(PortalError):
    """The package that it had when it was closed is closed by now."""

    code = "package_not_sold"

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is no longer sold")
        self.package = package


def hanging(session: ResellerSession, sub_account: SubAccount) -> StillConnected | None:
    """What has to be taken off before it can be closed; None if nothing has to."""
    numbers = session.scalars(
        select(InboundNumber)
        .where(InboundNumber.sub_account_id == sub_account.id)
        .order_by(InboundNumber.digits)
    ).all()
    parts = quotas.left(session, sub_account) or 0
    if not numbers and not parts:
        return None
    return StillConnected(numbers=tuple(each.e164 for each in numbers), parts=parts)


def close(session: ResellerSession, *, sub_account_id: int, by: Actor) -> SubAccount:
    """Close a sub-account; its package ends with it, on this day.

    Raises:
        StillConnected: numbers or parts hang on it.
        NotFound: there is no such open sub-account.
    """
    sub_account = access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    found = hanging(session, sub_account)
    if found is not None:
        raise found
    package_id = sub_account.package_id
    assignments.end(session, sub_account_id=sub_account_id, by=by, on=_today(session))
    return sub_accounts.close(
        session, sub_account_id=sub_account_id, by=by, ended_package_id=package_id
    )


def is_today(session: ResellerSession, moment: datetime) -> bool:
    """Whether a moment is on the reseller's present day: until it is over, closing is undone."""
    return _day(session, moment) == _today(session)


def undo(session: ResellerSession, *, sub_account_id: int, by: Actor) -> SubAccount:
    """Open it again with the package that it had, as if it had not been closed: nothing is charged.

    Raises:
        TooLateToUndo: it was closed on an earlier day.
        NameTaken: another one has its name or its user by now.
        PackageNotSold: the package that it had is closed.
        WrongStanding: its client was closed as well.
        NotFound: there is no such closed sub-account.
    """
    sub_account = access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    if sub_account.closed_at is not None:
        if not is_today(session, sub_account.closed_at):
            raise TooLateToUndo
        _refuse_unsold(session, sub_account.closed_with_package_id)
    opened = sub_accounts.reopen(session, sub_account_id=sub_account_id, by=by)
    if opened.closed_with_package_id is not None:
        assignments.assign(
            session,
            sub_account_id=sub_account_id,
            package_id=opened.closed_with_package_id,
            by=by,
            on=_today(session),
        )
    return opened


def _refuse_unsold(session: ResellerSession, package_id: int | None) -> None:
    if package_id is None:
        return
    package = packages.by_id(session, package_id)
    if package.closed_at is not None:
        raise PackageNotSold(package.name)


def _today(session: ResellerSession) -> date:
    return _day(session, clock.now())


def _day(session: ResellerSession, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(resellers.own(session).time_zone)).date()
