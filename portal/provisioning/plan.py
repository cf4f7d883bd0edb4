"""Say what a folder would change of a portal, and change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from portal.accounts import activity
from portal.accounts.actor import system
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.provisioning import (
    admission_steps,
    display_steps,
    look_steps,
    mail_steps,
    money_steps,
    price_steps,
    reseller_steps,
    staff_steps,
    text_steps,
)
from portal.provisioning.faults import BadFolder, Fault
from portal.provisioning.reading import PORTAL_FILE, PortalFolder
from portal.provisioning.schema import PortalFile
from portal.provisioning.steps import Remark, Step
from portal.tenancy import hostnames, resellers
from portal.tenancy.models import Reseller
from portal.tenancy.resellers import OPERATOR_ID


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which reseller a folder is about; `exists` says whether it is there already."""

    reseller_id: int
    number: int
    exists: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be made or changed, in order, and what stays."""

    steps: tuple[Step, ...]
    remarks: tuple[Remark, ...]


def place_of(session: ResellerSession, portal: PortalFile) -> Place:
    """Find the reseller of a file's slug, or a place for it; in a session across resellers.

    Raises:
        BadFolder: the slug is the operator's, a number or a host name is somebody else's, or the
            file says something else of what cannot be changed.
    """
    present = _present(session, portal.slug)
    if present is not None:
        place = Place(reseller_id=present.id, number=present.number, exists=True)
    else:
        number = portal.number or resellers.next_number(session)
        place = Place(reseller_id=resellers.next_id(session), number=number, exists=False)
    faults = [
        *_of_identity(session, portal, present),
        *_of_hosts(session, portal, reseller_id=place.reseller_id),
    ]
    if faults:
        raise BadFolder(faults)
    return place


def compare(
    session: ResellerSession,
    folder: PortalFolder,
    *,
    number: int,
    staff_password: str | None,
    zone: str = "",
) -> Plan:
    """What would have to be done for the session's reseller to be as the folder says.

    Nothing is ever deleted; what is there and not in the folder is remarked on. People who are
    missing get the password, or without one an invitation by mail. `zone` is the installation's.

    Raises:
        BadFolder: the folder contradicts what is there.
    """
    portal = folder.portal
    today = clock.now().astimezone(ZoneInfo(portal.time_zone)).date()
    found: list[Step | Remark] = [
        *reseller_steps.of_reseller(session, portal, number=number),
        *reseller_steps.of_hosts(session, portal),
        *reseller_steps.of_zone(session, portal, zone=zone),
        *look_steps.of_brand(session, folder),
        *reseller_steps.of_settings(session, portal),
        *display_steps.of_display(session, portal),
        *money_steps.of_money(session, portal),
        *price_steps.of_prices(session, folder, today=today),
        *admission_steps.of_admission(session, folder),
        *text_steps.of_texts(session, folder),
        *mail_steps.of_mails(session, folder),
        *staff_steps.of_staff(session, portal, password=staff_password),
        *(
            Remark(f"{name!r} is not read: no part of a portal's folder")
            for name in folder.not_read
        ),
    ]
    return Plan(
        steps=tuple(each for each in found if isinstance(each, Step)),
        remarks=tuple(each for each in found if isinstance(each, Remark)),
    )


def carry_out(session: ResellerSession, plan: Plan) -> None:
    """Do all steps, in the caller's transaction; without any, nothing is written.

    Raises:
        PortalError: something was refused after all, as by somebody who was quicker.
    """
    for step in plan.steps:
        step.act()
        session.flush()
    if plan.steps:
        activity.record(
            session,
            by=system(session.reseller_id),
            what="portal.applied",
            changes=len(plan.steps),
        )


def _present(session: ResellerSession, slug: str) -> Reseller | None:
    try:
        return resellers.by_slug(session, slug)
    except NotFound:
        return None


def _of_identity(
    session: ResellerSession, portal: PortalFile, present: Reseller | None
) -> Iterator[Fault]:
    if present is None:
        if portal.number is not None and resellers.has_number(session, portal.number):
            yield _fault("number", f"another portal has the number {portal.number}")
        return
    if present.id == OPERATOR_ID:
        yield _fault("slug", f"{portal.slug!r} is the operator's own console")
    if portal.currency != present.currency:
        what = f"it is {present.currency} for good: clients have money in it"
        yield _fault("currency", what)
    if portal.number not in {None, present.number}:
        yield _fault("number", f"it is {present.number} for good: programs know it")


def _of_hosts(session: ResellerSession, portal: PortalFile, *, reseller_id: int) -> Iterator[Fault]:
    for name in portal.hosts:
        found = hostnames.resolve(session, name)
        if found is not None and found.reseller_id != reseller_id:
            yield _fault("hosts", f"{name} belongs to another portal")


def _fault(key: str, what: str) -> Fault:
    return Fault(file=PORTAL_FILE, key=key, what=what)
