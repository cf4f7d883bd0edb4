"""The page that lies on top of a copy: what it holds, in words for whoever opens it."""

from __future__ import annotations

from portal.infra import clock, translation
from portal.reports.archive_sheets import Subject
from portal.tenancy import branding, settings

_WIDTH = 16


def words(it: Subject, *, language: str) -> str:
    """All of it, in the language that serves the reader best."""
    catalogue = translation.catalogue(language)
    gettext = catalogue.ugettext
    title = branding.own(it.session).title
    files = {
        "client.csv": gettext("Who you are: names, address, telephone, and since when."),
        "people.csv": gettext("Everybody who can sign in for you, without their passwords."),
        "sub_accounts.csv": gettext("Your sub-accounts, those that were closed too."),
        "senders.csv": gettext("The senders that you may use."),
        "messages.csv": gettext(
            "Every message that you sent, with its text and what became of it."
        ),
        "inbound.csv": gettext("Every message that you received."),
        "opt_outs.csv": gettext("The telephones that want no more messages of yours."),
        "wallet.csv": gettext("Everything that moved on your balance."),
        "invoices.csv": gettext("The invoices and credit notes that you were given."),
        "cards.csv": gettext("The cards that you let us charge, without their numbers."),
        "top_up.csv": gettext("When your card is charged by itself, and with how much at most."),
        "consents.csv": gettext("What you accepted, in which version, and when."),
        "activity.csv": gettext("Who did what: your people, and our staff in your place."),
        "questions.csv": gettext("What you asked us on our pages."),
        "mails.csv": gettext(
            "The mails that we sent you. Of old ones, and of links for a password, no text is kept."
        ),
    }
    lines = [
        gettext("A copy of what %(portal)s keeps of %(client)s")
        % {"portal": title, "client": it.client.name},
        gettext("Made on %(moment)s") % {"moment": it.moment(clock.now())},
        "",
        *(f"{name.ljust(_WIDTH)}  {about}" for name, about in files.items()),
        "",
        gettext(
            "The files open in every spreadsheet program. They are CSV in UTF-8, with commas and"
            " all cells in quotes."
        ),
        gettext(
            "Telephone numbers stand without their plus, so that they are not calculated with."
        ),
        gettext("Moments are in the time zone %(zone)s.") % {"zone": str(it.time_zone)},
        *_removed(it, language=language),
        *([] if it.with_amounts else [gettext("There are no amounts in it, as on your pages.")]),
        gettext("Passwords and keys are in no file: we do not have them ourselves."),
        "",
    ]
    return "\r\n".join(lines)


def _removed(it: Subject, *, language: str) -> list[str]:
    days = settings.read(it.session).redact_after_days
    if days is None:
        return []
    ngettext = translation.catalogue(language).ungettext
    text = ngettext(
        "Texts and numbers of messages are removed after %(num)s day.",
        "Texts and numbers of messages are removed after %(num)s days.",
        days,
    )
    return [text % {"num": days}]
