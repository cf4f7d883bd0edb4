"""`portal apply DIR`: makes or changes a reseller's portal as its folder says."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from portal.cli.opened import Opened, add_data_option, opened
from portal.cli.questions import Question, answer, password
from portal.infra import migrations
from portal.infra.errors import PortalError
from portal.infra.processes import CannotStart
from portal.provisioning import plan, reading
from portal.provisioning.faults import BadFolder
from portal.provisioning.plan import Place, Plan
from portal.provisioning.reading import PortalFolder
from portal.tenancy import links, resellers

NAME = "apply"
HELP = "make or change a reseller's portal as a folder says; prints the plan first"
_VARIABLE = "PORTAL_INSTALL_{}"
_PASSWORD = Question("staff_password", "Password for new members of staff", password, secret=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder, and whether it is only looked at."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="the portal's folder")
    parser.add_argument("--plan", action="store_true", help="print what would change, and stop")
    parser.add_argument(
        "--staff-password",
        dest="ask_password",
        action="store_true",
        help="ask for a password for new members of staff, instead of inviting them by mail;"
        f" or set {_VARIABLE.format('STAFF_PASSWORD')}",
    )
    add_data_option(parser)


def run(args: argparse.Namespace) -> int:
    """Read the folder, print the plan, and carry it out in one transaction.

    Raises:
        SettingError: a setting is wrong.
        CannotStart: the folder cannot be applied, with a line for each fault; nothing was changed.
    """
    try:
        folder = reading.read(args.folder)
        chosen = _password(args)
        with opened(os.environ, data=args.data) as there:
            place = _place(there, folder)
            done = _apply(there, folder, place, staff_password=chosen, only_plan=args.plan)
            if done and not args.plan:
                print(f"Applied. {_greeting(there, place)}")
                if not place.exists:
                    print("Before its clients can send, pay into its cover on the console.")
            elif not done:
                print(f"Nothing to change. {_greeting(there, place)}")
    except BadFolder as bad:
        raise CannotStart(f"The folder {args.folder} cannot be applied:\n{bad}") from None
    except PortalError as refused:
        raise CannotStart(f"Nothing was changed: {refused}.") from None
    return 0


def _password(args: argparse.Namespace) -> str | None:
    """The one that was told; asked for where that was asked for."""
    if not args.ask_password and _VARIABLE.format("STAFF_PASSWORD") not in os.environ:
        return None
    return answer(_PASSWORD, args, os.environ, variable=_VARIABLE)


def _place(there: Opened, folder: PortalFolder) -> Place:
    if not migrations.is_up_to_date(there.database):
        raise CannotStart("The tables are not those of this version: run `portal up` once.")
    with there.database.across_resellers() as session:
        if not resellers.any_exist(session):
            raise CannotStart(
                "The database is empty: run `portal install`, or a demonstration, before."
            )
        return plan.place_of(session, folder.portal)


def _apply(
    there: Opened,
    folder: PortalFolder,
    place: Place,
    *,
    staff_password: str | None,
    only_plan: bool,
) -> bool:
    """Print the plan and carry it out; whether there was anything to do."""
    with there.database.session(place.reseller_id) as session, session.begin():
        found = plan.compare(
            session,
            folder,
            number=place.number,
            staff_password=staff_password,
            zone=there.settings.zone,
        )
        _print(found)
        if not only_plan:
            plan.carry_out(session, found)
    return bool(found.steps)


def _print(found: Plan) -> None:
    for step in found.steps:
        print(f"  + {step.says}")
    for remark in found.remarks:
        print(f"  = {remark.says}")


def _greeting(there: Opened, place: Place) -> str:
    with there.database.session(place.reseller_id) as session:
        return f"The portal is {links.home(links.origin_of(session, there.settings))}"
