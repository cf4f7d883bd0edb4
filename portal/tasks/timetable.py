"""What runs when, on one page."""

from __future__ import annotations

from typing import Any, cast

from portal.infra.queue import jobs
from portal.tasks import (
    billing,
    books,
    hostnames,
    housekeeping,
    inbound,
    invoices,
    mail_keys,
    payments,
    privacy,
    sign_ups,
    statements,
    top_ups,
    visits,
)

TIMETABLE = (
    # minute hour day month weekday, in UTC
    ("* * * * *", housekeeping.expire_messages),
    ("* * * * *", housekeeping.retry_stalled),
    ("* * * * *", hostnames.check_due),
    ("* * * * *", payments.check_due),
    ("5 * * * *", billing.renew),  # hourly: it is midnight somewhere
    ("12 * * * *", inbound.look_again),
    ("33 * * * *", invoices.make_missing),
    ("50 * * * *", statements.send_due),  # hourly: a month is over somewhere
    ("55 * * * *", invoices.settle_months),  # hourly: the operator is somewhere
    ("18 * * * *", payments.reconcile),
    ("40 * * * *", payments.tell_pending),
    ("45 * * * *", payments.lapse_transfers),
    ("7-57/10 * * * *", top_ups.sweep),
    ("*/10 * * * *", visits.lapse),
    ("*/5 * * * *", books.seal),
    ("15 * * * *", books.close_days),  # hourly: a transaction that hangs holds a day open
    ("30 8 * * *", billing.remind_of_debts),
    ("33 8 * * *", invoices.remind_overdue),
    ("35 8 * * *", top_ups.look_at_cards),
    ("20 2 * * *", housekeeping.forget_old),
    ("25 2 * * *", hostnames.forget_released),
    ("30 2 * * *", sign_ups.remove_unconfirmed),
    ("35 2 * * *", privacy.redact),
    ("40 2 * * *", housekeeping.make_partitions),
    ("50 2 * * *", mail_keys.look_at_keys),
    ("10 3 * * *", books.prove),
)

for cron, task in TIMETABLE:
    jobs.periodic(cron=cron)(cast("Any", task))  # its type has no room for tasks of both kinds
