"""What a reseller may set, each declared once with its default."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from portal.infra.db import ResellerSession
from portal.tenancy import resellers
from portal.tenancy.admission import Admission
from portal.tenancy.deposit_rules import DepositRules
from portal.tenancy.display import EVERYTHING, Display
from portal.tenancy.invoice_rules import InvoiceRules
from portal.tenancy.signup_fields import SignUpRules
from portal.tenancy.trial_rules import TrialRules

DAYS_MIN: Final = 14
"""Nobody has to know a message any more then: gateways, programs that ask again, whoever reads."""
DAYS_MAX: Final = 3650

# One for all portals that make none: a process remembers the settings of thousands.
_NO_INVOICES: Final = InvoiceRules()
_NO_TRIAL: Final = TrialRules()


class ResellerSettings(BaseModel):
    """The settings of one reseller; amounts are millionths of its currency."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    default_balance_management: Literal["SOFT", "HARD"] = "SOFT"
    refund_undelivered: bool = False
    daily_limit: int | None = Field(default=200, ge=1)
    """Messages a client may send a day unless it has a limit of its own; None is unlimited."""
    low_balance_threshold: int | None = Field(default=10_000_000, ge=1_000_000)
    low_cover_threshold: int | None = Field(default=50_000_000, ge=0)
    """At which cover it and the operator are alerted, in each currency; None is never."""
    countries: list[str] = []
    """Countries open to all clients beside each one's own; `*` is every one with a rate."""
    languages: list[str] = []
    """Languages that visitors may choose beside the reseller's own; none named: all whole ones."""
    themes: list[str] = []
    """Themes that it may choose beside the one that it has; none named: all there are."""
    consent_pages: list[Literal["terms", "privacy"]] = ["terms", "privacy"]
    """Pages that whoever signs up has to accept; one that is not written is not asked for."""
    after_debt_reminders: Literal["nothing", "restrict", "stop"] = "nothing"
    """What a client in debt may no longer send once it was reminded in vain."""
    validity_hours: int = Field(default=48, ge=1, le=168)
    negative_markup_allowed: bool = False
    """Whether a package may sell for less than cost, as by a markup below zero."""
    wholesale_rise: Literal["warn", "mail", "block"] = "warn"
    """What a wholesale rate does that comes to stand above what its part is sold for."""
    own_names_max: int = Field(default=10, ge=0, le=1000)
    """How many host names it may have beside those that the operator gave it."""
    own_name_fee: int = Field(default=0, ge=0)
    """What its cover is charged for each of them, once."""
    display: Display = EVERYTHING
    """What clients are shown, unless their packages say otherwise."""
    redact_after_days: int | None = Field(default=None, ge=DAYS_MIN, le=DAYS_MAX)
    """After how many days texts and numbers of messages are removed; None is never."""
    password_reset: bool = True
    """Whether people may have a link for a new password sent."""
    staff_take_second_step: bool = False
    """Whether a password alone lets nobody of its own people in, be they the operator's."""
    ask_us: bool = True
    """Whether clients may ask a question on every page of theirs."""
    sign_up: SignUpRules = SignUpRules()
    admission: Admission = Admission()
    """Who of those that sign up is let in or refused without being looked at."""
    trial: TrialRules = Field(default_factory=lambda: _NO_TRIAL)
    """What those who are let in are given to try the portal with."""
    deposits: DepositRules = DepositRules()
    """What clients may pay in online."""
    invoices: InvoiceRules = Field(default_factory=lambda: _NO_INVOICES)
    """Whose invoices are made for that, and with which VAT."""
    login_sites: list[str] = []
    """The origins of websites whose sign-in form is taken."""


def read(session: ResellerSession) -> ResellerSettings:
    """The settings of the session's reseller."""
    return ResellerSettings.model_validate(resellers.own(session).settings)


def change(session: ResellerSession, **values: object) -> ResellerSettings:
    """Set some; the others stay.

    Raises:
        pydantic.ValidationError: for a value that is out of bounds.
    """
    reseller = resellers.own(session)
    changed = ResellerSettings.model_validate({**reseller.settings, **values})
    reseller.settings = changed.model_dump(mode="json")
    return changed
