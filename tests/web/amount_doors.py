"""The forms that take an amount: where they are sent, and what else they need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.cast import SUNNY, Firm


@dataclass(frozen=True, kw_only=True)
class Door:
    """A form with its amounts, all of which are tried in one request.

    `path` is told who is meant; `{currency}` in a name, and in what stands beside it, is the
    portal's. Where `positive`, nothing and zero are refused too; where a name is `signed`, -1 is an
    amount.
    """

    form: str
    path: Callable[[Firm], str]
    names: tuple[str, ...] = ("amount",)
    signed: frozenset[str] = frozenset()
    ids: dict[str, str] = field(default_factory=dict)
    """Of the inputs, where they are not the names."""
    beside: dict[str, str] = field(default_factory=dict)
    positive: bool = False
    operator: bool = False
    by_address: bool = False
    """Whether it is sent in the address, as filters are."""
    thorough: bool = False
    """Whether every mistake is tried there, or one of each kind."""


def _client(act: str) -> Callable[[Firm], str]:
    return lambda firm: f"/reseller/clients/{firm.client_id}/{act}"


DOORS = [
    Door(
        form="PaymentForm",
        path=_client("payment"),
        ids={"amount": "payment-amount"},
        beside={"description": "Cash"},
        positive=True,
        thorough=True,
    ),
    Door(
        form="ChargeForm",
        path=_client("charge"),
        ids={"amount": "charge-amount"},
        beside={"description": "Fee"},
        positive=True,
    ),
    Door(
        form="BalanceForm",
        path=_client("balance-management"),
        names=("credit_limit",),
        ids={"credit_limit": "balance-credit-limit"},
        beside={"management": "SOFT"},
    ),
    Door(
        form="LowBalanceForm",
        path=_client("low-balance"),
        names=("threshold",),
        ids={"threshold": "low-balance-threshold"},
    ),
    Door(
        form="ClientFilters",
        path=lambda _: "/reseller/clients",
        names=("balance_below",),
        signed=frozenset({"balance_below"}),
        by_address=True,
    ),
    Door(
        form="BulkForm",
        path=lambda _: "/reseller/clients/bulk",
        names=("threshold",),
        ids={"threshold": "bulk-threshold"},
        beside={"act": "low_balance"},
    ),
    Door(
        form="NewClientForm",
        path=lambda _: "/reseller/clients/new",
        names=("credit_limit", "low_balance_threshold"),
    ),
    Door(
        form="MoveForm",
        path=_client("move"),
        beside={"to": "nobody", "reason": "Merged"},
    ),
    Door(
        form="ThresholdForm",
        path=lambda _: "/reseller/cover/threshold",
        names=("threshold",),
    ),
    Door(
        form="SettingsForm",
        path=lambda _: "/reseller/settings",
        names=("low_balance_threshold", "low_cover_threshold"),
    ),
    Door(
        form="RulesForm",
        path=lambda _: "/reseller/payments/rules",
        names=("least", "most"),
        beside={"amounts": "10, 20"},
    ),
    Door(
        form="TrialForm",
        path=lambda _: "/reseller/sign-ups/trial",
        beside={"sub_account": "", "countries": "", "codes_a_day": "50"},
    ),
    Door(
        form="VouchersForm",
        path=lambda _: "/reseller/vouchers",
        beside={"currency": "{currency}", "uses": "1", "count": "1"},
        positive=True,
    ),
    Door(
        form="PackageForm",
        path=lambda _: "/reseller/packages/new",
        names=(
            "markup_percent",
            "{currency}_markup_fixed",
            "{currency}_addition_per_message",
            "{currency}_flat_fee",
            "{currency}_incoming_fee",
            "{currency}_outgoing_mms_fee",
            "{currency}_incoming_mms_fee",
            "{currency}_monthly_fee",
            "{currency}_setup_fee",
            "{currency}_zone_0_cost_max",
        ),
        signed=frozenset({"markup_percent", "{currency}_markup_fixed"}),
        beside={"name": "Bad", "{currency}_zone_0_country": "DE"},
    ),
    Door(
        form="TopUpForm",
        path=lambda _: f"/operator/resellers/{SUNNY}/cover",
        beside={"description": "Invoice 7"},
        positive=True,
        operator=True,
    ),
    Door(
        form="LimitForm",
        path=lambda _: f"/operator/resellers/{SUNNY}/cover/USD/limit",
        names=("limit",),
        operator=True,
    ),
    Door(
        form="LimitsForm",
        path=lambda _: f"/operator/resellers/{SUNNY}/hostnames",
        names=("fee",),
        beside={"most": "5"},
        operator=True,
    ),
    Door(
        form="RateForm",
        path=lambda _: f"/operator/resellers/{SUNNY}/rates/edit",
        names=("price",),
        beside={"prefix": "49", "valid_from": "2030-01-01"},
        operator=True,
    ),
    Door(
        form="NumberForm",
        path=lambda _: f"/operator/resellers/{SUNNY}/numbers",
        names=("setup_fee", "monthly_fee", "fee_per_message"),
        beside={"number": "+1 202 555 0199"},
        operator=True,
    ),
]
