"""Compare who works for the reseller; people are added, and otherwise left alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from portal.accounts import staff
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.infra.db import ResellerSession
from portal.provisioning.faults import BadFolder, Fault
from portal.provisioning.reading import PORTAL_FILE
from portal.provisioning.schema import PortalFile, StaffTable
from portal.provisioning.steps import Remark, Step, kept

_ROLES = {
    "owner": Role.STAFF_OWNER,
    "admin": Role.STAFF_ADMIN,
    "support": Role.STAFF_SUPPORT,
    "billing": Role.STAFF_BILLING,
    "reader": Role.STAFF_READER,
}


def of_staff(
    session: ResellerSession, portal: PortalFile, *, password: str | None
) -> Iterator[Step | Remark]:
    """People who are missing: with this password, or invited by mail to choose their own.

    Raises:
        BadFolder: somebody is a client already, with the same address.
    """
    for number, wanted in enumerate(portal.staff, start=1):
        present = staff.by_email(session, wanted.email)
        if present is None:
            yield _missing(session, wanted, language=portal.language, password=password)
            continue
        if present.client_id is not None:
            what = f"{wanted.email} is the address of a client; take another one"
            raise BadFolder([Fault(file=PORTAL_FILE, key=f"staff {number}, email", what=what)])
        yield from _of_present(present, wanted)
    in_folder = {each.email.lower() for each in portal.staff}
    for email in staff.emails(session):
        if email.lower() not in in_folder:
            yield kept(email)


def _missing(
    session: ResellerSession, wanted: StaffTable, *, language: str, password: str | None
) -> Step:
    first, _, last = wanted.name.strip().rpartition(" ")
    role = _ROLES[wanted.role]
    names = {"firstname": first or last, "lastname": last if first else ""}
    if password is None:
        return Step(
            f"invite {wanted.email} ({wanted.role}) by mail to choose a password",
            partial(
                staff.invite, session, email=wanted.email, role=role, language=language, **names
            ),
        )
    return Step(
        f"let in {wanted.email} ({wanted.role}) with the password that you chose",
        partial(
            staff.create,
            session,
            email=wanted.email,
            password=password,
            role=role,
            language=language,
            **names,
        ),
    )


def _of_present(present: Person, wanted: StaffTable) -> Iterator[Remark]:
    if present.role != _ROLES[wanted.role]:
        role = present.role.removeprefix("staff_")
        yield Remark(f"{wanted.email} is {role}, and {wanted.role} in the folder: kept")
