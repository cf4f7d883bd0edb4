"""What clients are shown, as fields of a form and in words: for a portal and for a package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, RadioField, SelectChoice, SelectField

from portal.tenancy.display import EVERYTHING, Display, Service, View
from portal.web.parts.forms import Form

VIEWS: Final = {
    View.STANDARD: lazy_gettext("Standard"),
    View.SIMPLE: lazy_gettext("Simple"),
    View.BARE: lazy_gettext("Simple, without services"),
}
VIEWS_IN_WORDS: Final = {
    View.STANDARD: lazy_gettext("Standard: everything that is ticked below."),
    View.SIMPLE: lazy_gettext(
        "Simple: the same with less to read. No filter by status, no amounts of this month and the"
        " last one, no alphabets, prefixes and numbers of messages."
    ),
    View.BARE: lazy_gettext(
        "Simple, without services: to look and to pay. What was sent and received, the balance,"
        " vouchers, and nothing else, whatever is ticked below."
    ),
}
SERVICES: Final = {
    Service.SEND: (
        lazy_gettext("Sending"),
        lazy_gettext("Writing messages here, and by programs."),
    ),
    Service.INBOX: (lazy_gettext("Inbox"), lazy_gettext("What came in.")),
    Service.NUMBERS: (lazy_gettext("Numbers"), lazy_gettext("Their own numbers.")),
    Service.PRICES: (
        lazy_gettext("Prices"),
        lazy_gettext("What a part costs to each country, and asking for a country."),
    ),
    Service.USAGE: (
        lazy_gettext("Usage"),
        lazy_gettext("What was sent in a period, and the chart of the last days."),
    ),
    Service.BALANCE: (
        lazy_gettext("Balance"),
        lazy_gettext("What the wallet holds, and the statement."),
    ),
    Service.DEPOSITS: (lazy_gettext("Deposits"), lazy_gettext("Paying in online.")),
    Service.VOUCHERS: (lazy_gettext("Vouchers"), lazy_gettext("Redeeming a code.")),
    Service.QUOTAS: (
        lazy_gettext("Prepaid parts"),
        lazy_gettext("What is left of them, and moving them between sub-accounts."),
    ),
    Service.API: (
        lazy_gettext("Interface for programs"),
        lazy_gettext("Keys for programs. Without it, no program can do anything for a client."),
    ),
}
assert SERVICES.keys() == set(Service)

EDITING: Final = "sub_accounts"
CREDENTIALS: Final = "credentials"
assert not {"view", "money", EDITING, CREDENTIALS} & {each.value for each in Service}


def fields(prefix: str = "", *, in_words: bool) -> dict[str, Any]:
    """A field for each thing that is shown; views are chosen by sentences or from a list."""
    choices = VIEWS_IN_WORDS if in_words else VIEWS
    kind = RadioField if in_words else SelectField
    found: dict[str, Any] = {
        f"{prefix}view": kind(
            lazy_gettext("View"),
            choices=[SelectChoice(view.value, label) for view, label in choices.items()],
            default=View.STANDARD.value,
        )
    }
    for service, (label, about) in SERVICES.items():
        found[f"{prefix}{service.value}"] = BooleanField(label, description=about, default=True)
    found[f"{prefix}money"] = BooleanField(
        lazy_gettext("Amounts of money"),
        default=True,
        description=lazy_gettext(
            "Without them there is no price anywhere: prices, balance and vouchers are gone too."
        ),
    )
    found[f"{prefix}{EDITING}"] = BooleanField(
        lazy_gettext("Changing their sub-accounts"),
        default=True,
        description=lazy_gettext("Without it, only you open, change and close them."),
    )
    found[f"{prefix}{CREDENTIALS}"] = BooleanField(
        lazy_gettext("User names and passwords of sub-accounts"),
        default=True,
        description=lazy_gettext("What their devices and programs sign in with."),
    )
    return found


def written(display: Display, prefix: str = "") -> dict[str, Any]:
    """What the fields hold for it."""
    return {
        f"{prefix}view": display.view.value,
        f"{prefix}money": display.money,
        f"{prefix}{EDITING}": display.clients_edit_sub_accounts,
        f"{prefix}{CREDENTIALS}": not display.credentials_hidden,
        **{f"{prefix}{each.value}": each not in display.hidden for each in Service},
    }


def read(form: Form, prefix: str = "") -> Display:
    """What the fields of a valid form say."""
    return Display(
        view=View(form[f"{prefix}view"].data),
        hidden=tuple(each for each in Service if not form[f"{prefix}{each.value}"].data),
        money=form[f"{prefix}money"].data,
        clients_edit_sub_accounts=form[f"{prefix}{EDITING}"].data,
        credentials_hidden=not form[f"{prefix}{CREDENTIALS}"].data,
    )


def services_of(form: Form, prefix: str = "") -> Iterator[Field]:
    """The ticks for services, amounts and sub-accounts, in their order."""
    for each in Service:
        yield form[f"{prefix}{each.value}"]
    for name in ("money", EDITING, CREDENTIALS):
        yield form[f"{prefix}{name}"]


def sentences(display: Display) -> list[str]:
    """What is not as usual, to read."""
    if display == EVERYTHING:
        return [str(gettext("Clients see everything."))]
    found = []
    if display.view is not View.STANDARD:
        found.append(str(VIEWS_IN_WORDS[display.view]))
    gone = [str(SERVICES[each][0]) for each in Service if each in display.refused]
    if gone:
        found.append(
            str(gettext("Hidden, and refused to programs: %(names)s.", names=", ".join(gone)))
        )
    if not display.money:
        found.append(str(gettext("No amount of money is shown anywhere.")))
    if not display.clients_edit_sub_accounts:
        found.append(str(gettext("Clients do not change their sub-accounts themselves.")))
    if display.credentials_hidden:
        found.append(str(gettext("What sub-accounts sign in with is shown to you only.")))
    return found
