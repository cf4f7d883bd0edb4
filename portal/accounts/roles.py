"""The one table of rights: which role may do what."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from portal.tenancy.display import Display, Service


class Audience(StrEnum):
    """Whose pages somebody sees."""

    CLIENT = "client"
    RESELLER = "reseller"
    OPERATOR = "operator"


class Role(StrEnum):
    """What a person is to the firm that they belong to."""

    OWNER = "owner"
    POWER = "power"
    USER = "user"
    READER = "reader"
    BILLING = "billing"

    STAFF_OWNER = "staff_owner"
    STAFF_ADMIN = "staff_admin"
    STAFF_SUPPORT = "staff_support"
    STAFF_BILLING = "staff_billing"
    STAFF_READER = "staff_reader"

    OPERATOR_OWNER = "operator_owner"
    OPERATOR_ADMIN = "operator_admin"
    OPERATOR_SUPPORT = "operator_support"
    OPERATOR_BILLING = "operator_billing"
    OPERATOR_READER = "operator_reader"


class Right(StrEnum):
    """Something that a route may ask for."""

    MESSAGES_SEND = "messages.send"
    MESSAGES_READ = "messages.read"
    WALLET_READ = "wallet.read"
    WALLET_PAY = "wallet.pay"
    PAYMENTS_READ = "payments.read"
    QUOTAS_MANAGE = "quotas.manage"
    KEYS_MANAGE = "keys.manage"
    SUB_ACCOUNTS_MANAGE = "sub_accounts.manage"
    PEOPLE_MANAGE = "people.manage"

    CLIENTS_READ = "clients.read"
    CLIENTS_MANAGE = "clients.manage"
    CLIENTS_VIEW_AS = "clients.view_as"
    CLIENTS_ERASE = "clients.erase"
    LOGIN_LINKS_MAKE = "login_links.make"
    MONEY_POST = "money.post"
    PRICES_READ = "prices.read"
    PRICES_MANAGE = "prices.manage"
    ACTIVITY_READ = "activity.read"
    MAILS_READ = "mails.read"
    SETTINGS_MANAGE = "settings.manage"

    RESELLERS_READ = "resellers.read"
    RESELLERS_MANAGE = "resellers.manage"
    RESELLERS_VIEW_AS = "resellers.view_as"
    GATEWAYS_READ = "gateways.read"
    LEDGER_READ = "ledger.read"


_CLIENT_READER = frozenset({Right.MESSAGES_READ})
_STAFF_READER = frozenset(
    {
        Right.CLIENTS_READ,
        Right.MESSAGES_READ,
        Right.WALLET_READ,
        Right.PRICES_READ,
        Right.ACTIVITY_READ,
        Right.MAILS_READ,
    }
)
_STAFF_ADMIN = _STAFF_READER | {
    Right.CLIENTS_MANAGE,
    Right.CLIENTS_VIEW_AS,
    Right.SUB_ACCOUNTS_MANAGE,
    Right.MONEY_POST,
    Right.PRICES_MANAGE,
    Right.SETTINGS_MANAGE,
    Right.KEYS_MANAGE,
    Right.PEOPLE_MANAGE,
    Right.LOGIN_LINKS_MAKE,
}
_OPERATOR_READER = frozenset(
    {
        Right.RESELLERS_READ,
        Right.GATEWAYS_READ,
        Right.LEDGER_READ,
        Right.ACTIVITY_READ,
        Right.WALLET_READ,
    }
)
_OPERATOR_ADMIN = _OPERATOR_READER | {
    Right.RESELLERS_MANAGE,
    Right.RESELLERS_VIEW_AS,
    Right.MONEY_POST,
    Right.SETTINGS_MANAGE,
    Right.KEYS_MANAGE,
    Right.PEOPLE_MANAGE,
}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: _CLIENT_READER
    | {
        Right.MESSAGES_SEND,
        Right.PRICES_READ,
        Right.WALLET_READ,
        Right.WALLET_PAY,
        Right.PAYMENTS_READ,
        Right.QUOTAS_MANAGE,
        Right.KEYS_MANAGE,
        Right.SUB_ACCOUNTS_MANAGE,
        Right.PEOPLE_MANAGE,
        Right.ACTIVITY_READ,
    },
    Role.POWER: _CLIENT_READER | {Right.MESSAGES_SEND, Right.PRICES_READ},
    Role.USER: _CLIENT_READER | {Right.MESSAGES_SEND, Right.PRICES_READ},
    Role.READER: _CLIENT_READER,
    Role.BILLING: frozenset(
        {Right.PRICES_READ, Right.WALLET_READ, Right.WALLET_PAY, Right.PAYMENTS_READ}
    ),
    Role.STAFF_OWNER: _STAFF_ADMIN | {Right.CLIENTS_ERASE},
    Role.STAFF_ADMIN: _STAFF_ADMIN,
    Role.STAFF_SUPPORT: _STAFF_READER
    | {Right.CLIENTS_MANAGE, Right.CLIENTS_VIEW_AS, Right.SUB_ACCOUNTS_MANAGE},
    Role.STAFF_BILLING: _STAFF_READER | {Right.MONEY_POST},
    Role.STAFF_READER: _STAFF_READER,
    Role.OPERATOR_OWNER: _OPERATOR_ADMIN,
    Role.OPERATOR_ADMIN: _OPERATOR_ADMIN,
    Role.OPERATOR_SUPPORT: _OPERATOR_READER | {Right.RESELLERS_VIEW_AS},
    Role.OPERATOR_BILLING: _OPERATOR_READER | {Right.MONEY_POST},
    Role.OPERATOR_READER: _OPERATOR_READER,
}

AUDIENCES: dict[Role, Audience] = {
    role: (
        Audience.OPERATOR
        if role.value.startswith("operator_")
        else Audience.RESELLER
        if role.value.startswith("staff_")
        else Audience.CLIENT
    )
    for role in Role
}

VIEW_ONLY: frozenset[Right] = frozenset(
    {Right.MESSAGES_READ, Right.PRICES_READ, Right.WALLET_READ, Right.PAYMENTS_READ}
)
"""What staff may do while they look at a client's pages without having given a reason."""

CLOSED_WHILE_VIEWING: frozenset[Right] = frozenset(
    {Right.KEYS_MANAGE, Right.WALLET_PAY, Right.PEOPLE_MANAGE}
)
"""What stays closed to staff in a client's place, whatever reason they gave."""

VISITING: Final = _STAFF_READER
"""What the operator's people may do on a reseller's pages without having given a reason."""

CLOSED_ON_VISITS: Final = frozenset(
    {
        Right.KEYS_MANAGE,
        Right.PEOPLE_MANAGE,
        Right.LOGIN_LINKS_MAKE,
        Right.CLIENTS_VIEW_AS,
        Right.CLIENTS_ERASE,
        Right.MONEY_POST,
    }
)
"""What stays closed to the operator's people there, whatever reason they gave: there is no going on
to a client, and neither money nor anybody's way in is touched."""

RIGHTS_OF: Final[Mapping[Service, Right]] = {
    Service.SEND: Right.MESSAGES_SEND,
    Service.PRICES: Right.PRICES_READ,
    Service.BALANCE: Right.WALLET_READ,
    Service.DEPOSITS: Right.PAYMENTS_READ,
    Service.QUOTAS: Right.QUOTAS_MANAGE,
    Service.API: Right.KEYS_MANAGE,
}
"""What goes with a service that is hidden; those that are not here have no right of their own."""


OWNERS: Final[Mapping[Audience, Role]] = {
    Audience.CLIENT: Role.OWNER,
    Audience.RESELLER: Role.STAFF_OWNER,
    Audience.OPERATOR: Role.OPERATOR_OWNER,
}
"""Whom every firm has at least one of, and whom only another of them may make or unmake."""

LIMITABLE: Final = frozenset({Role.POWER, Role.USER, Role.READER})
"""Who may be limited to some of their client's sub-accounts."""

ALWAYS_LIMITED: Final = frozenset({Role.USER})
"""Who sends for sub-accounts of their own only, so that some have to be named."""

OF_THE_WHOLE_CLIENT: Final = frozenset(
    {
        Right.WALLET_READ,
        Right.WALLET_PAY,
        Right.PAYMENTS_READ,
        Right.QUOTAS_MANAGE,
        Right.KEYS_MANAGE,
        Right.SUB_ACCOUNTS_MANAGE,
        Right.PEOPLE_MANAGE,
        Right.ACTIVITY_READ,
    }
)
"""What nobody has who may be limited to some sub-accounts: it is about all of them at once."""


def rights_under(display: Display, rights: frozenset[Right]) -> frozenset[Right]:
    """Those of somebody's rights that are left by what their client is shown."""
    gone = {right for service, right in RIGHTS_OF.items() if not display.shows(service)}
    if not display.clients_edit_sub_accounts:
        gone.add(Right.SUB_ACCOUNTS_MANAGE)
    return rights - gone


assert RIGHTS.keys() == set(Role)
assert not any(RIGHTS[role] & OF_THE_WHOLE_CLIENT for role in LIMITABLE)
