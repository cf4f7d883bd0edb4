"""What the operator's people did, and what was done on the portal of one reseller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Response
from flask_babel import lazy_gettext
from wtforms import SelectChoice, SelectField

from portal.accounts import activity as log
from portal.accounts import directory
from portal.accounts.activity import Chosen
from portal.accounts.models import Activity
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.db import ResellerSession
from portal.reports import proof
from portal.tenancy import resellers as known
from portal.web.operator.pages import across_resellers, blueprint, in_reseller, own_people
from portal.web.parts import activity_lists, activity_rows
from portal.web.parts.activity_lists import ActivityFilters
from portal.web.parts.activity_rows import ActivityRow
from portal.web.parts.pages import page


class OperatorFilters(ActivityFilters):
    """Which acts, and where: of the operator's own people, or on one reseller's portal."""

    reseller = SelectField(lazy_gettext("Portal"), default="")

    def __init__(self, portals: Mapping[int, str]) -> None:
        super().__init__()
        del self.client
        self.reseller.choices = [
            SelectChoice("", lazy_gettext("What your own people did")),
            *(SelectChoice(str(number), name) for number, name in portals.items()),
        ]

    @property
    def client_id(self) -> None:
        """The console has no clients of its own."""
        return

    @property
    def reseller_id(self) -> int | None:
        """The reseller that is asked for; None for the operator's own people, and for nonsense."""
        known_ids = {each.value for each in self.reseller.choices}
        typed = self.reseller.data or ""
        return int(typed) if typed and typed in known_ids else None


@dataclass(frozen=True)
class _Source:
    """Where acts are read from, and what to call those who are in them."""

    session: ResellerSession
    reseller_id: int | None
    people: Mapping[int, str]
    portals: Mapping[int, str]

    def find(self, chosen: Chosen, below_id: int | None, limit: int) -> list[Activity]:
        """Acts that are chosen."""
        if self.reseller_id is not None:
            return log.page(self.session, chosen=chosen, below_id=below_id, limit=limit)
        wanted = chosen.who.lower()
        people = [number for number, name in self.people.items() if wanted in name.lower()]
        return log.page_of_operator(
            self.session, chosen=chosen, people=people, below_id=below_id, limit=limit
        )

    def shown(self, rows: Sequence[Activity]) -> list[ActivityRow]:
        """Acts as the operator reads them."""
        about = {each.client_id for each in rows if each.client_id is not None}
        others = directory.person_names(self.session, activity_rows.nameless(rows))
        return activity_rows.shown(
            rows,
            names=directory.client_names(self.session, about),
            people={**others, **self.people},
            portals=self.portals,
            for_operator=True,
        )


@blueprint.get("/activity")
@requires(Right.ACTIVITY_READ)
def activity() -> Response:
    """Who did what, latest first, narrowed by what the address says; and whether it is proven."""
    portals = _portals()
    form = OperatorFilters(portals)
    with _source(form, portals) as source:
        drawn = activity_lists.listed(form, find=source.find, show=source.shown)
    last = proof.last(session())
    return page(
        "operator/activity.html",
        422 if form.errors else 200,
        proof=last,
        broken=[each for each in last.disagreements if _is_of_acts(each)] if last else [],
        **drawn,
    )


@blueprint.get("/activity.csv")
@requires(Right.ACTIVITY_READ)
def activity_file() -> Response:
    """The same as a file."""
    portals = _portals()
    form = OperatorFilters(portals)
    if not form.validate():
        return activity()
    with _source(form, portals) as source:
        return activity_lists.file(form, find=source.find, show=source.shown)


def _portals() -> dict[int, str]:
    with across_resellers() as everywhere:
        return {each.id: each.name for each in known.listed(everywhere)}


@contextmanager
def _source(form: OperatorFilters, portals: Mapping[int, str]) -> Iterator[_Source]:
    people, chosen = own_people(), form.reseller_id
    with across_resellers() if chosen is None else in_reseller(chosen) as opened:
        yield _Source(opened, chosen, people, portals)


def _is_of_acts(sentence: str) -> bool:
    """Whether a finding of the proof is about the record of acts, or about its seals."""
    return ", act " in sentence or " of activity" in sentence
