"""What runs when, on one page."""

from __future__ import annotations

from typing import Any, cast

from portal.infra.queue import jobs
from portal.tasks import housekeeping

TIMETABLE = (
    # minute hour day month weekday, in UTC
    ("* * * * *", housekeeping.expire_messages),
    ("* * * * *", housekeeping.retry_stalled),
    ("5 * * * *", housekeeping.renew_bundles),  # hourly: it is midnight somewhere
    ("20 2 * * *", housekeeping.forget_old),
    ("40 2 * * *", housekeeping.make_partitions),
)

for cron, task in TIMETABLE:
    jobs.periodic(cron=cron)(cast("Any", task))  # its type has no room for tasks of both kinds
