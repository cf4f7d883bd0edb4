"""What `portal.toml` may say: every key with its bounds, and how to write it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from portal.provisioning.admission_tables import AdmissionTable, MailTable, TrialTable
from portal.provisioning.display_tables import AccessTable, DisplayTable, SignUpTable
from portal.provisioning.money_tables import DepositsTable, InvoicesTable
from portal.provisioning.package_tables import DefaultsTable, PackageTable
from portal.provisioning.values import (
    NEVER,
    UNLIMITED,
    AnyCountry,
    Colour,
    Country,
    Currency,
    Email,
    FileName,
    Font,
    Ground,
    Host,
    Language,
    Line,
    LineOrNone,
    OfferedLanguage,
    Slug,
    Table,
    Theme,
    TimeZone,
    count,
    or_word,
    threshold,
)
from portal.tenancy.brand_sheet import RADIUS_PX_MAX
from portal.tenancy.brand_values import PLACES

_MESSAGES_MAX = 1_000_000_000


def key_of(place: str) -> str:
    """What `[brand]` calls the picture of a place."""
    return place.removesuffix("_light")


class BrandTable(Table):
    """`[brand]`: what the portal looks like."""

    seed: Colour | None = Field(None, description="the one colour, as in #206bc4")
    own: dict[Ground, Colour] = Field({}, description="colours chosen by hand, for both modes")
    own_dark: dict[Ground, Colour] = Field({}, description="colours of the dark mode alone")
    radius: int = Field(6, ge=0, le=RADIUS_PX_MAX, description="of corners, in pixels")
    font: Font = Field("system", description="system, serif or rounded")
    logo: FileName | None = Field(None, description="the name of a picture in this folder")
    logo_dark: FileName | None = Field(None, description="the same, drawn for dark grounds")
    login_logo: FileName | None = Field(None, description="a picture: where people sign in")
    login_logo_dark: FileName | None = Field(None, description="the same, for dark grounds")
    content_logo: FileName | None = Field(None, description="a picture: above the pages")
    content_logo_dark: FileName | None = Field(None, description="the same, for dark grounds")
    favicon: FileName | None = Field(None, description="a picture: in the tabs of browsers")
    favicon_dark: FileName | None = Field(None, description="the same, for dark tabs")
    login_background: FileName | None = Field(None, description="a picture: beside the sign-in")
    login_background_dark: FileName | None = Field(None, description="the same, in the dark mode")
    theme_settings: dict[str, Any] = Field({}, description="what the theme lets one choose")

    def files(self) -> dict[str, str]:
        """The names of the pictures' files, by the place that shows them."""
        named = ((place, getattr(self, key_of(place))) for place in PLACES)
        return {place: name for place, name in named if name}


class SettingsTable(Table):
    """`[settings]`: what holds for all clients; what is left out stays as it is."""

    default_balance_management: Literal["SOFT", "HARD"] | None = Field(
        None, description="SOFT or HARD, for new clients"
    )
    refund_undelivered: bool | None = Field(None, description="true or false")
    daily_limit: Annotated[int | None, Field(ge=1, le=_MESSAGES_MAX), or_word(UNLIMITED, count)] = (
        Field(None, description='messages a day and client, or "unlimited"')
    )
    low_balance_threshold: Annotated[int | None, Field(ge=1_000_000), or_word(NEVER, threshold)] = (
        Field(None, description='where a mail warns of a low balance, from "1" up, or "never"')
    )
    countries: list[AnyCountry] | None = Field(
        None, description='open to all clients beside their own, as in ["US", "CA"], or ["*"]'
    )
    consent_pages: list[Literal["terms", "privacy"]] | None = Field(
        None, description='to be accepted at sign-up, as in ["terms", "privacy"]'
    )
    validity_hours: int | None = Field(None, ge=1, le=168, description="1 to 168")
    negative_markup_allowed: bool | None = Field(None, description="true or false")
    wholesale_rise: Literal["warn", "mail", "block"] | None = Field(
        None, description="warn, mail or block, where a rate passes a sell price"
    )

    def chosen(self) -> dict[str, Any]:
        """The settings that the file names, as the portal keeps them."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class StaffTable(Table):
    """`[[staff]]`: somebody who works for the reseller. Passwords are never in the file."""

    email: Email = Field(description="the address to sign in with")
    name: LineOrNone = Field("", description="first and last name")
    role: Literal["owner", "admin", "support", "billing", "reader"] = Field(
        "owner", description="owner, admin, support, billing or reader"
    )


class PortalFile(Table):
    """`portal.toml`: who the reseller is, and everything that is no file of its own."""

    slug: Slug = Field(description="as in acme-sms")
    name: Line = Field(description="what the portal calls itself")
    hosts: list[Host] = Field(min_length=1, description='as in ["sms.example.com"], primary first')
    currency: Currency = Field(description="as in EUR")
    language: Language = Field(description="the portal's own, as in en")
    country: Country = Field(description="the reseller's, as in DE")
    time_zone: TimeZone = Field(description="as in Europe/Berlin")
    email: Email = Field(description="replies to mails and news of sign-ups go there")
    number: int | None = Field(
        None, ge=1, le=999_999_999_999, description="chosen by the portal if it is left out"
    )
    languages: list[OfferedLanguage] | None = Field(
        None, description="those that visitors may choose; left out: all there are"
    )
    theme: Theme = Field("default", description="the folder of a theme")
    brand: BrandTable = BrandTable()
    settings: SettingsTable = SettingsTable()
    display: DisplayTable | None = None
    signup: SignUpTable | None = None
    access: AccessTable | None = None
    admission: AdmissionTable | None = None
    trial: TrialTable | None = None
    mail: MailTable | None = None
    deposits: DepositsTable | None = None
    invoices: InvoicesTable | None = None
    staff: list[StaffTable] = Field([], description="those who work here")
    defaults: DefaultsTable | None = None
    package: list[PackageTable] = Field([], description="what is sold")

    @model_validator(mode="after")
    def _names_are_names(self) -> PortalFile:
        _refuse_twice("host", self.hosts)
        _refuse_twice("member of staff", [each.email.lower() for each in self.staff])
        return self


def _refuse_twice(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"the {what} {twice[0]} is there twice")
