"""More people of the demonstration: a colleague at each client, and somebody for support."""

from __future__ import annotations

from typing import Any, Final

from portal.accounts import accepting, invitations, passwords, reach
from portal.accounts.models import Client, Person
from portal.accounts.roles import Role
from portal.accounts.statuses import BalanceManagement
from portal.cli.demo_facts import PASSWORD
from portal.infra.db import ResellerSession

_COLLEAGUES: Final = {
    "en": (("Nora", "Ellis"), ("Sean", "Doyle"), ("Maya", "Reid"), ("Hugo", "Park")),
    "de": (("Lena", "Voss"), ("Nils", "Brandt"), ("Mona", "Seidel"), ("Timo", "Ahlers")),
}
_SUPPORT: Final = {"en": ("Kim", "Sawyer"), "de": ("Jana", "Petersen")}


def support(session: ResellerSession, *, language: str, boss_email: str) -> dict[str, Any]:
    """Somebody who looks after the clients of a portal; how they sign in."""
    person = _come(
        session,
        names=_SUPPORT[language],
        email=f"support@{_domain(boss_email)}",
        role=Role.STAFF_SUPPORT,
        language=language,
    )
    return _facts(person)


def colleague(
    session: ResellerSession, client: Client, *, number: int, sub_account_id: int
) -> dict[str, Any]:
    """One more person of a client: a sender, or a reader of one sub-account; how they sign in."""
    is_prepaid = client.balance_management == BalanceManagement.HARD
    names = _COLLEAGUES[client.language]
    person = _come(
        session,
        client_id=client.id,
        names=names[number % len(names)],
        email=f"{'reader' if is_prepaid else 'sender'}@{_domain(client.email)}",
        role=Role.READER if is_prepaid else Role.POWER,
        language=client.language,
    )
    if is_prepaid:
        reach.put(session, person, {sub_account_id})
    return _facts(person)


def _come(
    session: ResellerSession,
    *,
    names: tuple[str, str],
    email: str,
    role: Role,
    language: str,
    client_id: int | None = None,
) -> Person:
    firstname, lastname = names
    person = invitations.add(
        session,
        client_id=client_id,
        email=email,
        role=role,
        language=language,
        firstname=firstname,
        lastname=lastname,
    )
    accepting.come(session, person, password_hash=passwords.hashed(PASSWORD), address="")
    return person


def _facts(person: Person) -> dict[str, Any]:
    return {"email": person.email, "password": PASSWORD, "role": person.role}


def _domain(email: str) -> str:
    return email.partition("@")[2]
