"""What `portal.toml` may say: every key with its bounds, and how to write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from portal.ledger import units
from portal.notifications import wording
from portal.pricing.rating import Pulse
from portal.provisioning import words
from portal.tenancy import palette
from portal.tenancy.brand_sheet import FONTS, RADIUS_PX_MAX

UNLIMITED = "unlimited"
NEVER = "never"
_PARTS_MAX = 10_000_000
_MESSAGES_MAX = 1_000_000_000


def _from_text(read: Callable[[str], int]) -> BeforeValidator:
    """Amounts are written in quotes: as a number, TOML would make them inexact."""

    def check(value: object) -> int:
        if isinstance(value, str):
            return read(value)
        raise ValueError('is to be written in quotes, as in "0.045"')

    return BeforeValidator(check)


def _percent(text: str) -> int:
    """A percentage in millionths of the whole."""
    millionths, rest = divmod(units.parse_signed(text), 100)
    if rest:
        raise ValueError("may have four digits after the point")
    return millionths


def _known_to(known: Callable[[], list[str]], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in known():
            raise ValueError(f"is no {what}; {words.nearest(value, known())}")
        return value

    return AfterValidator(check)


def _or_word(word: str, otherwise: Callable[[object], object]) -> BeforeValidator:
    """A word that stands for None, since TOML has no such thing."""
    return BeforeValidator(lambda value: None if value == word else otherwise(value))


def _threshold(value: object) -> int:
    if isinstance(value, str):
        return units.parse(value)
    raise ValueError(f'is to be an amount in quotes, as in "10.00", or "{NEVER}"')


def _count(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f'is to be a number, or "{UNLIMITED}"')


Amount = Annotated[int, _from_text(units.parse)]
SignedAmount = Annotated[int, _from_text(units.parse_signed)]
Percent = Annotated[int, _from_text(_percent)]
Colour = Annotated[str, AfterValidator(words.colour)]
FileName = Annotated[str, AfterValidator(words.file_name)]
Prefix = Annotated[str, AfterValidator(words.prefix)]
Line = Annotated[str, AfterValidator(words.filled)]
LineOrNone = Annotated[str, AfterValidator(lambda value: value and words.filled(value))]
Host = Annotated[str, AfterValidator(words.host)]
Email = Annotated[str, AfterValidator(words.email)]
Language = Annotated[str, AfterValidator(words.language)]
Country = Annotated[str, AfterValidator(words.country)]
AnyCountry = Annotated[
    str, AfterValidator(lambda value: value if value == "*" else words.country(value))
]
Theme = Annotated[str, _known_to(lambda: list(wording.themes()), "theme")]
Font = Annotated[str, _known_to(lambda: list(FONTS), "font")]
Ground = Annotated[
    str, _known_to(lambda: sorted(palette.CHOOSABLE), "colour that may be chosen by hand")
]


class Table(BaseModel):
    """A table of the file; a key that it does not have is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BrandTable(Table):
    """`[brand]`: what the portal looks like."""

    seed: Colour | None = Field(None, description="the one colour, as in #206bc4")
    own: dict[Ground, Colour] = Field({}, description="colours chosen by hand, for both modes")
    own_dark: dict[Ground, Colour] = Field({}, description="colours of the dark mode alone")
    radius: int = Field(6, ge=0, le=RADIUS_PX_MAX, description="of corners, in pixels")
    font: Font = Field("system", description="system, serif or rounded")
    logo: FileName | None = Field(None, description="the name of a picture in this folder")
    logo_dark: FileName | None = Field(None, description="the same, drawn for dark grounds")


class SettingsTable(Table):
    """`[settings]`: what holds for all clients; what is left out stays as it is."""

    default_balance_management: Literal["SOFT", "HARD"] | None = Field(
        None, description="SOFT or HARD, for new clients"
    )
    refund_undelivered: bool | None = Field(None, description="true or false")
    daily_limit: Annotated[
        int | None, Field(ge=1, le=_MESSAGES_MAX), _or_word(UNLIMITED, _count)
    ] = Field(None, description='messages a day and client, or "unlimited"')
    low_balance_threshold: Annotated[
        int | None, Field(ge=1_000_000), _or_word(NEVER, _threshold)
    ] = Field(None, description='where a mail warns of a low balance, from "1" up, or "never"')
    countries: list[AnyCountry] | None = Field(
        None, description='open to all clients beside their own, as in ["US", "CA"], or ["*"]'
    )
    validity_hours: int | None = Field(None, ge=1, le=168, description="1 to 168")

    def chosen(self) -> dict[str, Any]:
        """The settings that the file names, as the portal keeps them."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class StaffTable(Table):
    """`[[staff]]`: somebody who works for the reseller. Passwords are never in the file."""

    email: Email = Field(description="the address to sign in with")
    name: LineOrNone = Field("", description="first and last name")
    role: Literal["owner", "support", "billing", "reader"] = Field(
        "owner", description="owner, support, billing or reader"
    )


class PackageTable(Table):
    """`[[package]]`: what a sub-account pays. Amounts are in the portal's currency."""

    name: Line = Field(description="what clients and staff call it")
    markup_fixed: SignedAmount = Field(0, description='on each part, as in "0.004"')
    markup_percent: Percent = Field(0, description='on cost and fixed markup, as in "20"')
    addition_per_message: Amount = Field(0, description='once a message, as in "0.01"')
    flat_fee: Amount | None = Field(None, description="a price that no destination changes")
    pulse: Literal["part", "message"] = Field("part", description="what a price is for")
    bundle_parts: int = Field(0, ge=0, le=_PARTS_MAX, description="free parts a month")
    monthly_fee: Amount = Field(0, description='as in "9.00"')
    setup_fee: Amount = Field(0, description='as in "15.00"')
    refused_prefixes: list[Prefix] = Field([], description='as in ["881", "882"]')
    rates: dict[Prefix, Amount] = Field({}, description="own prices by prefix")
    rates_file: FileName | None = Field(None, description="the same as a CSV file of this folder")

    def terms(self) -> dict[str, Any]:
        """The package's columns."""
        return {
            "markup_fixed": self.markup_fixed,
            "markup_percent_millionths": self.markup_percent,
            "addition_per_message": self.addition_per_message,
            "flat_fee": self.flat_fee,
            "pulse": Pulse(self.pulse).value,
            "bundle_parts": self.bundle_parts,
            "monthly_fee": self.monthly_fee,
            "setup_fee": self.setup_fee,
            "refused_prefixes": list(self.refused_prefixes),
        }


class PackagesFile(Table):
    """`packages.toml`, for those who want the packages in a file of their own."""

    package: list[PackageTable] = []


class PortalFile(Table):
    """`portal.toml`: who the reseller is, and everything that is no file of its own."""

    slug: Annotated[str, AfterValidator(words.slug)] = Field(description="as in acme-sms")
    name: Line = Field(description="what the portal calls itself")
    hosts: list[Host] = Field(min_length=1, description='as in ["sms.example.com"], primary first')
    currency: Annotated[str, AfterValidator(words.currency)] = Field(description="as in EUR")
    language: Language = Field(description="the portal's own, as in en")
    country: Country = Field(description="the reseller's, as in DE")
    time_zone: Annotated[str, AfterValidator(words.time_zone)] = Field(
        description="as in Europe/Berlin"
    )
    email: Email = Field(description="replies to mails and news of sign-ups go there")
    number: int | None = Field(
        None, ge=1, le=999_999_999_999, description="chosen by the portal if it is left out"
    )
    languages: list[Language] | None = Field(
        None, description="those that visitors may choose; left out: all there are"
    )
    theme: Theme = Field("default", description="the folder of a theme")
    brand: BrandTable = BrandTable()
    settings: SettingsTable = SettingsTable()
    staff: list[StaffTable] = []
    package: list[PackageTable] = []

    @model_validator(mode="after")
    def _names_are_names(self) -> PortalFile:
        _refuse_twice("host", self.hosts)
        _refuse_twice("member of staff", [each.email.lower() for each in self.staff])
        return self


def _refuse_twice(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"the {what} {twice[0]} is there twice")
