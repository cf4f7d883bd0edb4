"""What lists can be narrowed by: forms that live in the address."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import lazy_gettext
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import Optional

from portal.accounts.statuses import Standing
from portal.messaging import history
from portal.messaging.statuses import Status
from portal.web.parts.forms import Form, text

_ANY = SelectChoice("", lazy_gettext("All"))
STATUSES = [
    _ANY,
    SelectChoice(Status.SCHEDULED.value, lazy_gettext("Scheduled")),
    SelectChoice(Status.ACCEPTED.value, lazy_gettext("Accepted")),
    SelectChoice(Status.SUBMITTING.value, lazy_gettext("Being handed over")),
    SelectChoice(Status.SUBMITTED.value, lazy_gettext("Handed over")),
    SelectChoice(Status.DELIVERED.value, lazy_gettext("Delivered")),
    SelectChoice(Status.UNDELIVERED.value, lazy_gettext("Undelivered")),
    SelectChoice(Status.REJECTED.value, lazy_gettext("Rejected")),
    SelectChoice(Status.EXPIRED.value, lazy_gettext("Expired")),
    SelectChoice(Status.CANCELLED.value, lazy_gettext("Cancelled")),
    SelectChoice(Status.UNKNOWN.value, lazy_gettext("Unknown")),
]
STANDINGS = [
    _ANY,
    SelectChoice(Standing.WAIT.value, lazy_gettext("Waiting")),
    SelectChoice(Standing.ACTIVE.value, lazy_gettext("Active")),
    SelectChoice(Standing.SUSPENDED_BY_BALANCE.value, lazy_gettext("Suspended by balance")),
    SelectChoice(Standing.SUSPENDED_BY_STAFF.value, lazy_gettext("Suspended by staff")),
    SelectChoice(Standing.REFUSED.value, lazy_gettext("Refused")),
    SelectChoice(Standing.CLOSED.value, lazy_gettext("Closed")),
]


class Filters(Form):
    """A form that changes nothing: read from the address, so that a link opens the same view."""

    class Meta:
        """Nothing to protect."""

        csrf = False

    def __init__(self) -> None:
        super().__init__(request.args)


class MessageFilters(Filters):
    """Which messages; in a simple view, `status` is taken out."""

    q = text(lazy_gettext("Number, text or reference"), length_max=100)
    status = SelectField(lazy_gettext("Status"), choices=STATUSES, default="")
    since = DateField(lazy_gettext("From day"), [Optional()])
    until = DateField(lazy_gettext("To day"), [Optional()])

    def chosen(self, time_zone: str) -> history.Filter:
        """What was chosen; days are those of this time zone."""
        return history.Filter(
            statuses=(Status(self.status.data),) if "status" in self and self.status.data else (),
            text=self.q.data or "",
            since=beginning_of(self.since.data, time_zone),
            until=end_of(self.until.data, time_zone),
        )


class PeriodFilters(Filters):
    """Which days; both may be left open."""

    since = DateField(lazy_gettext("From day"), [Optional()], name="from")
    until = DateField(lazy_gettext("To day"), [Optional()], name="to")


def beginning_of(day: date | None, time_zone: str) -> datetime | None:
    """The moment at which a day begins in a time zone."""
    return None if day is None else datetime.combine(day, time.min, ZoneInfo(time_zone))


def end_of(day: date | None, time_zone: str) -> datetime | None:
    """The moment at which a day is over in a time zone."""
    # The year 9999 has no day after its last.
    if day is None or day == date.max:
        return None
    return beginning_of(day + timedelta(days=1), time_zone)
