"""Compare what clients and visitors are shown, and whose form is taken for signing in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from portal.infra.db import ResellerSession
from portal.provisioning.schema import PortalFile
from portal.provisioning.steps import Step
from portal.tenancy import resellers, settings
from portal.tenancy.display import EVERYTHING, Display, View
from portal.tenancy.settings import ResellerSettings
from portal.tenancy.signup_fields import SignUpRules


def of_display(session: ResellerSession, portal: PortalFile) -> Iterator[Step]:
    """The tables that the file has; a table that it does not have leaves everything as it is."""
    exists = resellers.own_if_any(session) is not None
    present = settings.read(session) if exists else ResellerSettings()
    for name, value, says in _wanted(portal):
        if getattr(present, name) != value:
            yield Step(says, partial(settings.change, session, **{name: value}))


def in_words(display: Display) -> str:
    """What is not as usual, for somebody who reads a plan."""
    if display == EVERYTHING:
        return "everything"
    found = []
    if display.view is not View.STANDARD:
        found.append(f"the view {display.view.value}")
    if display.hidden:
        found.append(f"no {', no '.join(each.value for each in display.hidden)}")
    if not display.money:
        found.append("no amounts")
    if not display.clients_edit_sub_accounts:
        found.append("no changing of sub-accounts")
    if display.credentials_hidden:
        found.append("no credentials")
    return ", ".join(found)


def _wanted(portal: PortalFile) -> Iterator[tuple[str, Any, str]]:
    if portal.display is not None:
        shown = portal.display.shown()
        yield "display", shown, f"show clients {in_words(shown)}"
        reset = portal.display.password_reset
        said = "mail people who ask" if reset else "mail nobody"
        yield "password_reset", reset, f"{said} a link for a new password"
        asks = portal.display.ask_us
        yield "ask_us", asks, f"{'take' if asks else 'take no'} questions from clients' pages"
    if portal.signup is not None:
        rules = portal.signup.rules()
        yield "sign_up", rules, _sign_up_in_words(rules)
    if portal.access is not None:
        sites = list(dict.fromkeys(portal.access.sites))
        yield "login_sites", sites, f"take the form to sign in from {', '.join(sites) or 'nowhere'}"


def _sign_up_in_words(rules: SignUpRules) -> str:
    if not rules.open:
        return "let nobody sign up"
    asked = [f"{name.value} {how.value}" for name, how in rules.fields.items()]
    return f"let visitors sign up, and ask them {', '.join(asked) or 'the usual'}"
