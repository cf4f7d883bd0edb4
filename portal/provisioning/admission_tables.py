"""What `[admission]`, `[trial]` and `[mail]` may say, and the same as the portal keeps it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from portal.provisioning.values import Amount, Country, Email, Line, LineOrNone, MailDomain, Table
from portal.tenancy.admission import DOMAINS_MAX, REASON_LENGTH_MAX, Admission
from portal.tenancy.trial_rules import AMOUNT_MAX, CODES_A_DAY_MAX, TrialRules


class AdmissionTable(Table):
    """`[admission]`: who of those that sign up is let in or refused without being looked at."""

    notice: Literal["confirmed", "at_once"] = Field(
        "confirmed", description="when a mail tells you of somebody new: confirmed or at_once"
    )
    domains: list[MailDomain] = Field(
        [], max_length=DOMAINS_MAX, description='mail domains let in at once, as in ["example.com"]'
    )
    package: LineOrNone = Field(
        "", description="the name of the package that they begin with; left out: the defaults"
    )
    refused_countries: list[Country] = Field([], description='as in ["KP"]')
    refused_reason: LineOrNone = Field(
        "", max_length=REASON_LENGTH_MAX, description="what people of those countries are told"
    )
    waiting_countries: list[Country] = Field([], description='that always wait, as in ["DE"]')

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.refused_countries and not self.refused_reason:
            raise ValueError("refused_reason is what those who are refused shall read")
        both = sorted(set(self.refused_countries) & set(self.waiting_countries))
        if both:
            raise ValueError(f"{both[0]} is refused already, so that it cannot wait")
        return self

    def rules(self, *, package_id: int | None) -> Admission:
        """The same, as it is kept."""
        return Admission(
            notice=self.notice,
            domains=sorted(set(self.domains)),
            package_id=package_id,
            refused_countries=sorted(set(self.refused_countries)),
            refused_reason=self.refused_reason,
            waiting_countries=sorted(set(self.waiting_countries)),
        )


class TrialTable(Table):
    """`[trial]`: what those who are let in are given to try the portal with."""

    amount: Annotated[Amount, Field(le=AMOUNT_MAX)] = Field(
        description='in the portal\'s currency, as in "2.00"; "0" gives nothing'
    )
    sent_from: Line = Field(
        description="the user name of a sub-account of your own without a limit of parts"
    )
    countries: list[Country] = Field(
        min_length=1, description='that codes are sent to, as in ["DE"]'
    )
    codes_a_day: int = Field(
        50, ge=1, le=CODES_A_DAY_MAX, description="how many are sent on a day at most"
    )

    def rules(self, *, sub_account_id: int) -> TrialRules:
        """The same, as it is kept."""
        return TrialRules(
            amount=self.amount,
            sub_account_id=sub_account_id,
            countries=sorted(set(self.countries)),
            codes_a_day=self.codes_a_day,
        )


class MailTable(Table):
    """`[mail]`: whom mails say to be from. A password of a mail server is never in the file."""

    from_name: LineOrNone = Field("", description="left out: what the portal calls itself")
    from_address: Email | Literal[""] = Field("", description="left out: the installation's")
    reply_to: Email | Literal[""] = Field("", description="left out: the reseller's own address")
