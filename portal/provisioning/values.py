"""What a value of `portal.toml` may be: amounts in quotes, words, names, each checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from portal.infra.fonts import FONTS
from portal.ledger import units
from portal.notifications import wording
from portal.pricing import markup
from portal.provisioning import words
from portal.tenancy import palette
from portal.tenancy.display import Service, View
from portal.tenancy.signup_fields import SignUpField

UNLIMITED = "unlimited"
NEVER = "never"


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
    if millionths > markup.MAX:
        raise ValueError("is more than 10000 percent")
    return millionths


def _known_to(known: Callable[[], list[str]], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in known():
            raise ValueError(f"is no {what}; {words.nearest(value, known())}")
        return value

    return AfterValidator(check)


def or_word(word: str, otherwise: Callable[[object], object]) -> BeforeValidator:
    """A word that stands for None, since TOML has no such thing."""
    return BeforeValidator(lambda value: None if value == word else otherwise(value))


def threshold(value: object) -> int:
    """An amount in quotes.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, str):
        return units.parse(value)
    raise ValueError(f'is to be an amount in quotes, as in "10.00", or "{NEVER}"')


def count(value: object) -> object:
    """A whole number.

    Raises:
        ValueError: it is none.
    """
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
OfferedLanguage = Annotated[str, AfterValidator(words.offered_language)]
Country = Annotated[str, AfterValidator(words.country)]
Slug = Annotated[str, AfterValidator(words.slug)]
TimeZone = Annotated[str, AfterValidator(words.time_zone)]
Currency = Annotated[str, AfterValidator(words.currency)]
AnyCountry = Annotated[
    str, AfterValidator(lambda value: value if value == "*" else words.country(value))
]
Theme = Annotated[str, _known_to(lambda: list(wording.themes()), "theme")]
Font = Annotated[str, _known_to(lambda: list(FONTS), "font")]
ViewName = Annotated[str, _known_to(lambda: [each.value for each in View], "view")]
ServiceName = Annotated[str, _known_to(lambda: [each.value for each in Service], "service")]
SignUpFieldName = Annotated[
    str, _known_to(lambda: [each.value for each in SignUpField], "field of the sign-up form")
]
MailDomain = Annotated[str, AfterValidator(words.mail_domain)]
Website = Annotated[str, AfterValidator(words.website)]
Ground = Annotated[
    str, _known_to(lambda: sorted(palette.CHOOSABLE), "colour that may be chosen by hand")
]


class Table(BaseModel):
    """A table of the file; a key that it does not have is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
