"""What `[[package]]` and `[defaults]` may say, and the conditions that they make."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from portal.pricing import ways
from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.free_parts import Counts, Offer
from portal.pricing.rating import FreeZone, Pulse
from portal.provisioning.display_tables import ShownTable
from portal.provisioning.values import (
    Amount,
    AnyCountry,
    Country,
    Currency,
    FileName,
    Line,
    Percent,
    Prefix,
    SignedAmount,
    Table,
)

PARTS_MAX = 10_000_000
_OF_AN_ASSIGNMENT = frozenset({"monthly_fee", "setup_fee", "bundle", "bundle_parts"})


class FreeZoneTable(Table):
    """One of `free_zones`: a message is free where all that is given holds."""

    country: Country | None = Field(None, description='as in "DE"')
    prefix: Prefix | None = Field(None, description='as in "4915"')
    cost_max: Amount | None = Field(None, description='where a part costs at most, as in "0.01"')

    @model_validator(mode="after")
    def _has_a_condition(self) -> Self:
        if self.country is None and self.prefix is None and self.cost_max is None:
            raise ValueError("a free zone says a country, a prefix or cost_max, or more of them")
        return self

    def zone(self) -> FreeZone:
        """The same, as prices are made by it."""
        return FreeZone(country=self.country, prefix=self.prefix, cost_max=self.cost_max)


class BundleTable(Table):
    """`[[package.bundle]]`: free parts of each billing period."""

    parts: int = Field(ge=1, le=PARTS_MAX, description="how many, as in 500")
    counts: Literal["sent", "received", "both"] = Field(
        "both", description="what takes from it: sent, received or both"
    )
    countries: list[Country] = Field([], description='where it is good for, as in ["DE"]; or all')
    prefixes: list[Prefix] = Field([], description='the same by prefix, as in ["4915"]')
    rollover_max: int = Field(
        0, ge=0, le=PARTS_MAX, description="parts that may be carried into the next period"
    )
    pooled: bool = Field(default=False, description="one for all sub-accounts of a client")

    def offer(self) -> Offer:
        """The same, as it is stored."""
        return Offer(
            parts=self.parts,
            counts=Counts(self.counts),
            countries=distinct(self.countries),
            prefixes=distinct(self.prefixes),
            rollover_max=self.rollover_max,
            pooled=self.pooled,
        )


class AmountsTable(Table):
    """`[package.amounts.EUR]`: amounts in one currency."""

    markup_fixed: SignedAmount = Field(0, description='on each part, as in "0.004"')
    addition_per_message: Amount = Field(0, description='once a message, as in "0.01"')
    flat_fee: Amount | None = Field(None, description="a price that no destination changes")
    monthly_fee: Amount = Field(0, description='as in "9.00"')
    setup_fee: Amount = Field(0, description='as in "15.00"')
    incoming_fee: Amount | None = Field(None, description='for a message received, as in "0.01"')
    outgoing_mms_fee: Amount | None = Field(None, description='for an MMS sent, as in "0.05"')
    incoming_mms_fee: Amount | None = Field(None, description='for one received, as in "0.02"')
    free_zones: list[FreeZoneTable] = Field([], description='as in [{ country = "DE" }]')
    rates: dict[Prefix, Amount] = Field({}, description="own prices by prefix")
    rates_file: FileName | None = Field(None, description="the same as a CSV file of this folder")

    def in_currency(self) -> Amounts:
        """The same, as they are stored."""
        return Amounts(
            markup_fixed=self.markup_fixed,
            addition_per_message=self.addition_per_message,
            flat_fee=self.flat_fee,
            monthly_fee=self.monthly_fee,
            setup_fee=self.setup_fee,
            incoming_fee=self.incoming_fee,
            outgoing_mms_fee=self.outgoing_mms_fee,
            incoming_mms_fee=self.incoming_mms_fee,
            free_zones=tuple(table.zone() for table in self.free_zones),
        )


class TermsTable(AmountsTable):
    """What a package says but its name. Amounts are in the portal's currency."""

    markup_percent: Percent = Field(0, description='on cost and fixed markup, as in "20"')
    pulse: Literal["part", "message"] = Field("part", description="what a price is for")
    on_net_free: bool = Field(default=False, description="free to numbers of this installation")
    refused_countries: list[Country] = Field([], description='as in ["KP", "CU"]')
    refused_prefixes: list[Prefix] = Field([], description='as in ["881", "882"]')
    routes: dict[AnyCountry, Literal["value", "premium"]] = Field(
        {}, description='the way by country, as in { "US" = "premium", "*" = "value" }'
    )
    bundle_parts: int = Field(0, ge=0, le=PARTS_MAX, description="free parts a month, for all")
    bundle: list[BundleTable] = Field([], description="free parts for some destinations")
    amounts: dict[Currency, AmountsTable] = Field({}, description="the same in other currencies")

    def conditions(self, currency: str) -> Conditions:
        """Everything that it says; what has no currency of its own is in this one."""
        plain = (Offer(parts=self.bundle_parts),) if self.bundle_parts else ()
        known = ways.ways({country: Route(way) for country, way in self.routes.items()})
        others = {code: table.in_currency() for code, table in self.amounts.items()}
        return Conditions(
            amounts={currency: self.in_currency(), **others},
            pulse=Pulse(self.pulse),
            markup_percent_millionths=self.markup_percent,
            on_net_free=self.on_net_free,
            refused_countries=distinct(self.refused_countries),
            refused_prefixes=distinct(self.refused_prefixes),
            routes=ways.routes(known.usual, known.exceptions),
            bundles=(*plain, *(table.offer() for table in self.bundle)),
        )


class PackageTable(TermsTable):
    """`[[package]]`: what a sub-account pays."""

    name: Line = Field(description="what clients and staff call it")
    display: ShownTable | None = Field(
        None, description='what clients with it are shown, as in { view = "simple" }'
    )


class DefaultsTable(TermsTable):
    """`[defaults]`: what a sub-account without a package pays."""

    @model_validator(mode="after")
    def _is_given_to_none(self) -> Self:
        given = _OF_AN_ASSIGNMENT & self.model_fields_set
        if given:
            named = ", ".join(sorted(given))
            raise ValueError(f"{named} is for a [[package]]: the defaults are assigned to nobody")
        return self


class PackagesFile(Table):
    """`packages.toml`, for those who want the packages in a file of their own."""

    package: list[PackageTable] = Field([], description="what is sold")


def distinct(names: list[str]) -> tuple[str, ...]:
    """Each once and in order, so that the same ones are always equal."""
    return tuple(sorted(set(names)))
