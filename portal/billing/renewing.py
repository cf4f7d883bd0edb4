"""What every billing day brings: the fee of a period, and its free parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.accounts import wallet
from portal.accounts.models import Client, SubAccount
from portal.billing import assignments, fees, periods
from portal.billing.models import Assignment
from portal.infra.db import ResellerSession
from portal.numbers import connecting, finding
from portal.numbers.models import InboundNumber
from portal.pricing import bundles, packages
from portal.pricing.models import Bundle, Package
from portal.pricing.packages import Version
from portal.tenancy import resellers


def due(session: ResellerSession, *, on: date) -> list[int]:
    """The clients for whom a period begins on this day or did before, oldest first."""
    of_packages = session.scalars(
        select(SubAccount.client_id)
        .join(
            Assignment,
            (Assignment.reseller_id == SubAccount.reseller_id)
            & (Assignment.sub_account_id == SubAccount.id),
        )
        .join(
            Client,
            (Client.reseller_id == SubAccount.reseller_id) & (Client.id == SubAccount.client_id),
        )
        .where(
            Assignment.ended_on.is_(None), Assignment.billed_until <= on, Client.closed_at.is_(None)
        )
    )
    return sorted({*of_packages, *_numbers_due(session, on=on)})


def renew(session: ResellerSession, *, client_id: int, on: date) -> int:
    """Begin every period of a client's that is due on this day; how many. Twice changes nothing.

    Days are of the reseller's time zone. Of each period since the last run the fee is charged, as
    the package was on its first day, each as a transaction of its own. Bundles are filled for the
    period that holds the day: nobody sent in those before. What is left of the old ones is carried
    as far as the package says, and lapses otherwise.

    A period that begins while the client is suspended by staff is left out: it is neither charged
    nor filled, and after the suspension the next one is the first.

    Raises:
        NotFound: there is no such client.
    """
    # What is paid with and what is carried is held in one go, in order of id, as in a send.
    client = wallet.held_client(
        session, client_id, also=ending_accounts(session, client_id=client_id, on=on)
    )
    if client.closed_at is not None:
        return 0
    suspended_on = _suspended_on(session, client)
    begun = 0
    for assignment in _due_of(session, client_id, on=on):
        begun += _renew(session, assignment, client=client, on=on, suspended_on=suspended_on)
    for number in _numbers_due(session, on=on).get(client_id, ()):
        begun += _renew_number(session, number, client=client, on=on, suspended_on=suspended_on)
    return begun


def renew_all(session: ResellerSession, *, on: date) -> int:
    """Begin what is due of all clients, in one transaction: for a book that nobody else uses."""
    return sum(renew(session, client_id=client_id, on=on) for client_id in due(session, on=on))


def _suspended_on(session: ResellerSession, client: Client) -> date | None:
    since = client.suspended_by_staff_at
    if since is None:
        return None
    return since.astimezone(ZoneInfo(resellers.own(session).time_zone)).date()


def _due_of(session: ResellerSession, client_id: int, *, on: date) -> Sequence[Assignment]:
    return session.scalars(
        select(Assignment)
        .join(
            SubAccount,
            (SubAccount.reseller_id == Assignment.reseller_id)
            & (SubAccount.id == Assignment.sub_account_id),
        )
        .where(
            SubAccount.client_id == client_id,
            Assignment.ended_on.is_(None),
            Assignment.billed_until <= on,
        )
        .order_by(Assignment.id)
        .execution_options(populate_existing=True)
    ).all()


def ending_accounts(session: ResellerSession, *, client_id: int, on: date) -> Sequence[int]:
    """The accounts of the bundles that `renew` may carry parts from; held before the client."""
    ends = {assignment.billed_until for assignment in _due_of(session, client_id, on=on)}
    return session.scalars(
        select(Bundle.account_id).where(Bundle.client_id == client_id, Bundle.ends_on.in_(ends))
    ).all()


def _renew(
    session: ResellerSession,
    assignment: Assignment,
    *,
    client: Client,
    on: date,
    suspended_on: date | None,
) -> int:
    package = packages.by_id(session, assignment.package_id)
    ended_on = assignment.billed_until
    assignment.billed_until = periods.billing_day_from(ended_on, day=assignment.billing_day)
    begun = 0
    while assignment.billed_until <= on:
        begins_on = assignment.billed_until
        if suspended_on is not None and suspended_on <= begins_on:
            fees.skip_period(assignment)
            continue
        version = packages.holding(session, package.id, on=begins_on)
        fees.charge_period(session, assignment, client=client, package=package, version=version)
        begun += 1
        if assignment.billed_until > on:
            _fill(
                session,
                assignment,
                client=client,
                package=package,
                version=version,
                begins_on=begins_on,
                ended_on=ended_on,
            )
    return begun


def _fill(
    session: ResellerSession,
    assignment: Assignment,
    *,
    client: Client,
    package: Package,
    version: Version,
    begins_on: date,
    ended_on: date,
) -> None:
    """Fill its own bundles, and those it shares if the pool follows its billing day."""
    oldest = assignments.sharing(session, client_id=client.id, package_id=package.id)[0]
    filled = {
        n: offer
        for n, offer in enumerate(version.conditions.bundles)
        if not offer.pooled or oldest.id == assignment.id
    }
    for pooled in (False, True):
        offers = {n: offer for n, offer in filled.items() if offer.pooled is pooled}
        owner = None if pooled else assignment.sub_account_id
        ended = bundles.ending_on(
            session, client_id=client.id, sub_account_id=owner, package_id=package.id, on=ended_on
        )
        before = bundles.followed(offers, ended)
        for n, offer in offers.items():
            bundles.begin(
                session,
                client_id=client.id,
                sub_account_id=owner,
                package=package,
                n=n,
                offer=offer,
                begins_on=begins_on,
                ends_on=assignment.billed_until,
                before=before.get(n),
            )


def _numbers_due(session: ResellerSession, *, on: date) -> dict[int, list[InboundNumber]]:
    """The connected numbers for which a period begins, by client."""
    found: defaultdict[int, list[InboundNumber]] = defaultdict(list)
    for number in finding.listed_assigned(session):
        if number.client_id and number.billed_until and number.billed_until <= on:
            found[number.client_id].append(number)
    return found


def _renew_number(
    session: ResellerSession,
    number: InboundNumber,
    *,
    client: Client,
    on: date,
    suspended_on: date | None,
) -> int:
    assert number.billed_until is not None
    assert number.billing_day is not None
    begun = 0
    begins_on = periods.billing_day_from(number.billed_until, day=number.billing_day)
    while begins_on <= on:
        ends_on = periods.next_billing_day(begins_on, day=number.billing_day)
        if suspended_on is None or begins_on < suspended_on:
            fees.charge_number_period(
                session, number, client=client, begins_on=begins_on, ends_on=ends_on
            )
            begun += 1
        connecting.billed(number, until=ends_on)
        begins_on = ends_on
    return begun
