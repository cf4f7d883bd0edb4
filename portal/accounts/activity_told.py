"""Which acts of staff a client is told of: any other stays the reseller's own affair."""

from __future__ import annotations

from typing import Final

TOLD: Final = frozenset(
    {
        "archive.asked",
        "archive.fetched",
        "client.activated",
        "client.balance_management",
        "client.changed",
        "client.charge",
        "client.closed",
        "client.countries",
        "client.created",
        "client.daily_limit",
        "client.email_confirmed",
        "client.erased",
        "client.lifted",
        "client.lifted_by_balance",
        "client.low_balance",
        "client.money_given",
        "client.money_received",
        "client.payment",
        "client.phone_code",
        "client.phone_proven",
        "client.reversal",
        "client.signed_up",
        "client.signed_up_anew",
        "client.statements_mailed",
        "client.statements_not_mailed",
        "client.suspended",
        "client.suspended_by_balance",
        "client.trial_credit",
        "country.declined",
        "country.opened",
        "key.refused",
        "key.revoked",
        "login.refused",
        "login.succeeded",
        "login.unconfirmed",
        "login_link.made",
        "number.connected",
        "number.disconnected",
        "package.assigned",
        "package.ended",
        "password.changed",
        "password.link_sent",
        "person.changed",
        "person.disabled",
        "person.enabled",
        "person.invited",
        "person.password_link",
        "person.removed",
        "sender.approved",
        "sender.withdrawn",
        "sub_account.changed",
        "sub_account.closed",
        "sub_account.created",
        "sub_account.password_renewed",
        "sub_account.quota",
        "sub_account.quota_mode",
        "sub_account.reopened",
        "view_as.acted",
        "view_as.lapsed",
        "view_as.started",
        "view_as.stopped",
        "voucher.redeemed",
    }
)
"""What staff did to a client that the client reads of; any other act stays with the reseller."""

REASONS_TOLD: Final = frozenset(
    {"client.charge", "client.payment", "client.reversal", "country.declined", "sender.approved",
     "sender.withdrawn", "number.connected", "number.disconnected", "client.countries",
     "view_as.started", "view_as.acted"}
)  # fmt: skip
"""Those whose reason is written for the client too; another may be a note among staff."""
