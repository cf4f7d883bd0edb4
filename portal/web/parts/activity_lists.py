"""Lists of acts: what they can be narrowed by, a page of them, and the same as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response, request
from flask_babel import lazy_gettext
from wtforms import DateField, HiddenField, SelectChoice, SelectField
from wtforms.validators import Length, Optional

from portal.accounts.activity import Chosen
from portal.accounts.models import Activity
from portal.http.language import time_zone
from portal.infra.errors import NotFound
from portal.web.parts import activity_groups, downloads, paging
from portal.web.parts.activity_rows import ActivityRow
from portal.web.parts.filters import Filters, beginning_of, end_of
from portal.web.parts.forms import text

ROWS_MAX: Final = 10_000
"""How many acts a file has at most: the newest."""

_AT_ONCE: Final = 1_000
_ID_DIGITS_MAX: Final = 19

Find = Callable[[Chosen, int | None, int], list[Activity]]
"""Acts that are chosen, below an id, so many."""

Show = Callable[[Sequence[Activity]], list[ActivityRow]]


class ActivityFilters(Filters):
    """Which acts; days are those of the reader's time zone."""

    who = text(lazy_gettext("By"), length_max=100)
    what = SelectField(lazy_gettext("What"), choices=activity_groups.CHOICES, default="")
    since = DateField(lazy_gettext("From day"), [Optional()], name="from")
    until = DateField(lazy_gettext("To day"), [Optional()], name="to")
    address = text(
        lazy_gettext("Network address"), length_max=45, render_kw={"placeholder": "203.0.113.7"}
    )
    client = HiddenField(validators=[Optional(), Length(max=_ID_DIGITS_MAX)])

    def __init__(self, choices: Sequence[SelectChoice] = activity_groups.CHOICES) -> None:
        super().__init__()
        self.what.choices = list(choices)

    @property
    def client_id(self) -> int | None:
        """The client whose acts are asked for.

        Raises:
            NotFound: the address has something else in this place.
        """
        typed = (self.client.data if "client" in self else "") or ""
        if not typed:
            return None
        if not typed.isascii() or not typed.isdigit() or len(typed) > _ID_DIGITS_MAX:
            raise NotFound("client", typed)
        return min(int(typed), 2**63 - 1)

    def chosen(self) -> Chosen:
        """What was chosen."""
        zone = time_zone()
        return Chosen(
            who=self.who.data or "",
            acts=activity_groups.acts_of(self.what.data or ""),
            client_id=self.client_id,
            since=beginning_of(self.since.data, zone),
            until=end_of(self.until.data, zone),
            address=(self.address.data or "").lower(),
        )


def listed(form: ActivityFilters, *, find: Find, show: Show) -> dict[str, Any]:
    """What a page of acts is drawn with: rows, the pages beside it, the file, the filters."""
    drawn: dict[str, Any] = {
        "form": form,
        "is_narrowed": any(form.data.values()),
        "csv_query": request.query_string.decode("ascii", "ignore"),
        "rows": [],
        "prev_url": None,
        "next_url": None,
    }
    if form.validate():
        found = find(form.chosen(), paging.below_id(), paging.ASKED)
        cut = paging.cut(found, id_of=lambda each: each.id)
        drawn |= {"rows": show(cut.rows), "prev_url": cut.prev_url, "next_url": cut.next_url}
    return drawn


def file(form: ActivityFilters, *, find: Find, show: Show) -> Response:
    """The newest acts that are chosen as a CSV file, newest first; times are the reader's."""
    zone = ZoneInfo(time_zone())
    heads = ["time", "by", "what", "about", "details", "address", "in_place_of_client"]
    lines = (
        [
            row.at.astimezone(zone).isoformat(timespec="seconds"),
            row.by,
            row.what,
            row.about,
            row.reason,
            row.address,
            "yes" if row.in_place else "",
        ]
        for found in _all(form.chosen(), find)
        for row in show(found)
    )
    return downloads.csv("activity", [heads, *lines])


def _all(chosen: Chosen, find: Find) -> Iterator[list[Activity]]:
    below_id: int | None = None
    for _ in range(ROWS_MAX // _AT_ONCE):
        found = find(chosen, below_id, _AT_ONCE)
        yield found
        if len(found) < _AT_ONCE:
            return
        below_id = found[-1].id
