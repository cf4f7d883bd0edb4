"""Roles and rights in plain words, and the table of which role may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext

from portal.accounts.roles import AUDIENCES, RIGHTS, Audience, Right, Role

NAMES: Final[Mapping[Role, str]] = {
    Role.OWNER: lazy_gettext("Owner"),
    Role.POWER: lazy_gettext("Sender"),
    Role.USER: lazy_gettext("Limited sender"),
    Role.READER: lazy_gettext("Reader"),
    Role.BILLING: lazy_gettext("Billing"),
    Role.STAFF_OWNER: lazy_gettext("Owner"),
    Role.STAFF_ADMIN: lazy_gettext("Administrator"),
    Role.STAFF_SUPPORT: lazy_gettext("Support"),
    Role.STAFF_BILLING: lazy_gettext("Billing"),
    Role.STAFF_READER: lazy_gettext("Reader"),
    Role.OPERATOR_OWNER: lazy_gettext("Owner"),
    Role.OPERATOR_ADMIN: lazy_gettext("Administrator"),
    Role.OPERATOR_SUPPORT: lazy_gettext("Support"),
    Role.OPERATOR_BILLING: lazy_gettext("Billing"),
    Role.OPERATOR_READER: lazy_gettext("Reader"),
}
"""What a role is called."""

SENTENCES: Final[Mapping[Role, str]] = {
    Role.OWNER: lazy_gettext("Owner: everything, also money, keys and people."),
    Role.POWER: lazy_gettext("Sender: sends, and reads what was sent and what came in."),
    Role.USER: lazy_gettext("Limited sender: the same, for the sub-accounts chosen below only."),
    Role.READER: lazy_gettext("Reader: reads what was sent and what came in, and sends nothing."),
    Role.BILLING: lazy_gettext("Billing: the balance, the statement and paying. No messages."),
    Role.STAFF_OWNER: lazy_gettext("Owner: everything, also owners and the erasing of clients."),
    Role.STAFF_ADMIN: lazy_gettext("Administrator: everything but owners and erasing clients."),
    Role.STAFF_SUPPORT: lazy_gettext("Support: looks after clients. No money, no settings."),
    Role.STAFF_BILLING: lazy_gettext("Billing: reads everything, and books money."),
    Role.STAFF_READER: lazy_gettext("Reader: reads everything, and changes nothing."),
    Role.OPERATOR_OWNER: lazy_gettext("Owner: everything, also owners."),
    Role.OPERATOR_ADMIN: lazy_gettext("Administrator: everything but owners."),
    Role.OPERATOR_SUPPORT: lazy_gettext("Support: reads everything, and visits portals to help."),
    Role.OPERATOR_BILLING: lazy_gettext("Billing: reads everything, and books money."),
    Role.OPERATOR_READER: lazy_gettext("Reader: reads everything, and changes nothing."),
}
"""What a role is for, to choose one by."""

WORDS: Final[Mapping[Right, str]] = {
    Right.MESSAGES_SEND: lazy_gettext("Send messages"),
    Right.MESSAGES_READ: lazy_gettext("Read messages, sent and received"),
    Right.WALLET_READ: lazy_gettext("See the balance and the statement"),
    Right.WALLET_PAY: lazy_gettext("Pay, and use vouchers"),
    Right.PAYMENTS_READ: lazy_gettext("See deposits and invoices"),
    Right.QUOTAS_MANAGE: lazy_gettext("Move prepaid parts between sub-accounts"),
    Right.KEYS_MANAGE: lazy_gettext("Make keys for programs"),
    Right.SUB_ACCOUNTS_MANAGE: lazy_gettext("Change sub-accounts"),
    Right.PEOPLE_MANAGE: lazy_gettext("Invite people, and say what they may do"),
    Right.CLIENTS_READ: lazy_gettext("See clients and their data"),
    Right.CLIENTS_MANAGE: lazy_gettext("Look after clients: let in, change, suspend"),
    Right.CLIENTS_VIEW_AS: lazy_gettext("Look at the pages of a client in its place"),
    Right.CLIENTS_ERASE: lazy_gettext("Erase clients for good"),
    Right.LOGIN_LINKS_MAKE: lazy_gettext("Make links that sign clients in"),
    Right.MONEY_POST: lazy_gettext("Book payments and charges"),
    Right.PRICES_READ: lazy_gettext("See prices"),
    Right.PRICES_MANAGE: lazy_gettext("Change packages and prices"),
    Right.ACTIVITY_READ: lazy_gettext("Read who did what"),
    Right.MAILS_READ: lazy_gettext("Read the mails that were sent"),
    Right.SETTINGS_MANAGE: lazy_gettext("Change the settings, the brand and the texts"),
    Right.RESELLERS_READ: lazy_gettext("See resellers and their data"),
    Right.RESELLERS_MANAGE: lazy_gettext("Change resellers, their prices and their host names"),
    Right.RESELLERS_VIEW_AS: lazy_gettext("Look at the pages of a reseller in its place"),
    Right.GATEWAYS_READ: lazy_gettext("See gateways"),
    Right.LEDGER_READ: lazy_gettext("See the ledger, and have it proven"),
}
"""What a right allows."""

ELSEWHERE: Final[Mapping[tuple[Audience, Right], str]] = {
    (Audience.RESELLER, Right.MESSAGES_READ): lazy_gettext("Read messages of all clients"),
    (Audience.RESELLER, Right.WALLET_READ): lazy_gettext("See balances, and the cover"),
    (Audience.RESELLER, Right.SUB_ACCOUNTS_MANAGE): lazy_gettext("Change clients' sub-accounts"),
    (Audience.OPERATOR, Right.WALLET_READ): lazy_gettext(
        "See what resellers have paid, and the invoices"
    ),
    (Audience.OPERATOR, Right.MONEY_POST): lazy_gettext(
        "Top up covers, take it back, and refund payments"
    ),
    (Audience.OPERATOR, Right.SETTINGS_MANAGE): lazy_gettext(
        "Change how resellers can pay, and what stands on invoices"
    ),
}
"""What it allows where that is something else than for clients, or for everybody."""


@dataclass(frozen=True, kw_only=True)
class RightRow:
    """A right in words, and whether each role of the table has it, in their order."""

    words: str
    held: tuple[bool, ...]


def roles_of(audience: Audience) -> list[Role]:
    """The roles that there are for an audience, the most powerful first."""
    return [role for role in Role if AUDIENCES[role] is audience]


def table(audience: Audience) -> list[RightRow]:
    """Every right that a role of an audience has, as the one table of rights says it."""
    roles = roles_of(audience)
    return [
        RightRow(
            words=str(ELSEWHERE.get((audience, right), WORDS[right])),
            held=tuple(right in RIGHTS[role] for role in roles),
        )
        for right in Right
        if any(right in RIGHTS[role] for role in roles)
    ]


assert NAMES.keys() == SENTENCES.keys() == set(Role)
assert WORDS.keys() == set(Right)
