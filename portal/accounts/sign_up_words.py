"""What stands out about somebody new, in plain words: the same on pages and in mails."""

from __future__ import annotations

from babel import Locale
from babel.support import NullTranslations

from portal.accounts.sign_up_hints import Hint, Kind


def sentence(hint: Hint, *, words: NullTranslations, locale: Locale) -> str:
    """A hint as one sentence, in the language of these words."""
    facts = {
        "value": locale.territories.get(hint.value, hint.value),
        "count": hint.count,
    }
    return _sentence(hint, words) % facts


def _sentence(hint: Hint, words: NullTranslations) -> str:
    alone = {
        Kind.DISPOSABLE_MAIL: words.gettext("%(value)s gives out addresses that last for minutes."),
        Kind.FREE_MAIL: words.gettext(
            "%(value)s gives an address to anybody, so it names no firm."
        ),
        Kind.NO_MAIL_SERVER: words.gettext("%(value)s names no server that takes mail."),
        Kind.PHONE_ELSEWHERE: words.gettext(
            "The telephone number is of another country: %(value)s."
        ),
        Kind.TIME_ZONE_ELSEWHERE: words.gettext(
            "The clock of the browser is in another country: %(value)s."
        ),
        Kind.REFUSED_BEFORE: words.gettext("Somebody like this was refused before."),
        Kind.TRIAL_BEFORE: words.gettext(
            "The trial credit was given for this telephone number or e-mail address before."
        ),
        Kind.NOT_CALCULATED: words.gettext(
            "The form came from a browser without scripts, or from a program."
        ),
    }
    said = alone.get(hint.kind)
    return _likeness(hint, words) if said is None else str(said)


def _likeness(hint: Hint, words: NullTranslations) -> str:
    counted = {
        Kind.SAME_PHONE: words.ngettext(
            "Another client has this telephone number.",
            "%(count)s other clients have this telephone number.",
            hint.count,
        ),
        Kind.SAME_MAIL_DOMAIN: words.ngettext(
            "Another client has an address at %(value)s.",
            "%(count)s other clients have an address at %(value)s.",
            hint.count,
        ),
        Kind.SAME_POSTAL_ADDRESS: words.ngettext(
            "Another client has this postal address.",
            "%(count)s other clients have this postal address.",
            hint.count,
        ),
        Kind.SAME_NETWORK: words.ngettext(
            "Another client signed up from the same internet address, %(value)s.",
            "%(count)s other clients signed up from the same internet address, %(value)s.",
            hint.count,
        ),
    }
    return str(counted[hint.kind])
