"""Who is let in, refused or left waiting once an address is confirmed, by a reseller's rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from portal.tenancy import mail_domains

DOMAINS_MAX = 500
REASON_LENGTH_MAX = 200


@unique
class Outcome(StrEnum):
    """What becomes of somebody whose address is confirmed."""

    ACTIVATED = "activated"
    REFUSED = "refused"
    WAITS = "waits"


@unique
class Rule(StrEnum):
    """What is looked at, in this order; the first that fits decides."""

    COUNTRY_REFUSED = "country_refused"
    COUNTRY_WAITS = "country_waits"
    PUBLIC_MAIL = "public_mail"
    DOMAIN_KNOWN = "domain_known"
    OTHERWISE = "otherwise"


OUTCOMES = {
    Rule.COUNTRY_REFUSED: Outcome.REFUSED,
    Rule.COUNTRY_WAITS: Outcome.WAITS,
    Rule.PUBLIC_MAIL: Outcome.WAITS,
    Rule.DOMAIN_KNOWN: Outcome.ACTIVATED,
    Rule.OTHERWISE: Outcome.WAITS,
}
assert OUTCOMES.keys() == set(Rule)


class Admission(BaseModel):
    """The rules of one reseller. Without any, everybody waits."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    notice: Literal["confirmed", "at_once"] = "confirmed"
    """When the reseller is told of somebody new."""
    domains: list[str] = Field(default=[], max_length=DOMAINS_MAX)
    """Mail domains whose people are let in at once; a domain below one of them is another one."""
    package_id: int | None = None
    """What they begin with; None is the reseller's default fees."""
    refused_countries: list[str] = []
    refused_reason: str = Field(default="", max_length=REASON_LENGTH_MAX)
    """What people of those countries are told."""
    waiting_countries: list[str] = []


@dataclass(frozen=True)
class Decision:
    """What becomes of somebody, and which rule says so."""

    rule: Rule

    @property
    def outcome(self) -> Outcome:
        """What becomes of them."""
        return OUTCOMES[self.rule]


def decide(rules: Admission, *, email: str, country: str) -> Decision:
    """What becomes of somebody with this address and from this country."""
    domain = mail_domains.of(email)
    fits = {
        Rule.COUNTRY_REFUSED: country in rules.refused_countries,
        Rule.COUNTRY_WAITS: country in rules.waiting_countries,
        Rule.PUBLIC_MAIL: mail_domains.is_public(domain),
        Rule.DOMAIN_KNOWN: domain in rules.domains,
        Rule.OTHERWISE: True,
    }
    return Decision(next(rule for rule in Rule if fits[rule]))
