"""Reasons for refusing a request that many have, ready in the language of whoever reads them."""

from __future__ import annotations

from enum import StrEnum, unique

from babel.support import NullTranslations

from portal.infra import translation


@unique
class Ready(StrEnum):
    """A reason that need not be written anew each time."""

    COUNTRY = "country"
    MORE = "more"
    FIRM_MAIL = "firm_mail"
    HAS_ACCOUNT = "has_account"
    FULL = "full"


def sentence(reason: Ready, words: NullTranslations) -> str:
    """What is said, in the language of these words."""
    said = {
        Ready.COUNTRY: words.gettext("We do not serve your country."),
        Ready.MORE: words.gettext(
            "We need to know more about you before we can let you in. Please write to us."
        ),
        Ready.FIRM_MAIL: words.gettext("Please sign up with the e-mail address of your firm."),
        Ready.HAS_ACCOUNT: words.gettext("You have an account with us already."),
        Ready.FULL: words.gettext("We take no new clients at the moment."),
    }
    return str(said[reason])


def written(ready: Ready | None, own: str, *, language: str) -> str:
    """A reason as a reader of this language is told it: the ready one, then the own words."""
    said = sentence(ready, translation.catalogue(language)) if ready else ""
    return f"{said} {own}".strip()
