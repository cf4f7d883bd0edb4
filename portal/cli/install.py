"""`portal install`: makes the operator's console and the first reseller in an empty database."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

from babel import Locale, UnknownLocaleError

from portal.cli import installation
from portal.cli.questions import Question, add_options, answer, password
from portal.infra import database_check, migrations
from portal.infra.config import Settings
from portal.infra.db import Database, DatabaseUnfit
from portal.infra.errors import PortalError
from portal.infra.processes import CannotStart
from portal.messaging import storage
from portal.provisioning import founding, words
from portal.provisioning.founding import FirstPerson, NewPortal
from portal.tenancy import hostnames, links, resellers

NAME = "install"
HELP = "make the operator's console and the first reseller; asks what no option says"
FIRST_RESELLER = 1
_VARIABLE = "PORTAL_INSTALL_{}"


def _language(text: str) -> str:
    try:
        return str(Locale.parse(text)).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        raise ValueError("is no language code such as en or de") from None


QUESTIONS = (
    Question("console_host", "Host name of the operator's console", words.host),
    Question("operator_email", "E-mail address of the first operator", words.email),
    Question("operator_password", "Password of the first operator", password, secret=True),
    Question("name", "Name of the first reseller", words.filled),
    Question("slug", "Its short name", words.slug),
    Question("host", "Host name of its portal", words.host),
    Question("currency", "Its currency", words.currency, "USD"),
    Question("language", "Its language", _language, "en"),
    Question("country", "Its country", words.country, "US"),
    Question("time_zone", "Its time zone", words.time_zone, "UTC"),
    Question("staff_email", "E-mail address of its first member of staff", words.email),
    Question("staff_password", "Password of its first member of staff", password, secret=True),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """An option for every question; passwords by variable or at the prompt only."""
    parser.add_argument("--data", metavar="DIR", help="the installation's data folder (var)")
    add_options(parser, QUESTIONS, variable=_VARIABLE)


def run(args: argparse.Namespace) -> int:
    """Ask what is missing, then make the console and the first reseller.

    Raises:
        SettingError: a setting is wrong.
        CannotStart: an answer is wrong, or there is something in the database already.
    """
    environment = {**os.environ, **({"PORTAL_DATA_DIR": args.data} if args.data else {})}
    settings = installation.read_settings(environment)
    with installation.database_url(settings) as url:
        database = _opened(url)
        try:
            _refuse_installed(database)
            answers = {
                each.name: answer(each, args, environment, variable=_VARIABLE) for each in QUESTIONS
            }
            origins = _install(database, settings, answers)
        finally:
            database.close()
    print(f"Installed. The console is {origins[0]}, the portal {origins[1]};")
    print("start them with `portal up`.")
    return 0


def _opened(url: str) -> Database:
    try:
        database_check.check(url)
        migrations.upgrade(url)
        database = Database(url, pool_size=2)
        database.open()
    except DatabaseUnfit as unfit:
        raise CannotStart(str(unfit)) from None
    return database


def _refuse_installed(database: Database) -> None:
    with database.across_resellers() as session:
        if resellers.any_exist(session):
            raise CannotStart("There is an installation in this database already.")


def _install(database: Database, settings: Settings, answers: Mapping[str, str]) -> tuple[str, str]:
    """Make both portals; where one is refused, neither is kept."""
    console, reseller = _console(answers), _reseller(answers)
    _refuse_clash(console, reseller)
    with (
        database.session(resellers.OPERATOR_ID) as operator,
        database.session(FIRST_RESELLER) as first,
        operator.begin(),
        first.begin(),
    ):
        storage.prepare(operator)
        try:
            founding.found(operator, console)
            founding.found(first, reseller)
            hostnames.add_of_zone(first, zone=settings.zone)
        except PortalError as refused:
            raise CannotStart(f"{refused}.") from None
        return links.origin_of(operator, settings), links.origin_of(first, settings)


def _refuse_clash(console: NewPortal, reseller: NewPortal) -> None:
    """The two are made in one go, so that the database cannot yet tell one from the other."""
    if console.hostname == reseller.hostname:
        raise CannotStart(
            f"The console and the portal cannot both be {console.hostname}: give each its own name."
        )
    if console.slug == reseller.slug:
        raise CannotStart(f"The short name {console.slug} is the console's; take another one.")


def _console(answers: Mapping[str, str]) -> NewPortal:
    return NewPortal(
        number=1,
        slug="console",
        name="Console",
        hostname=answers["console_host"],
        currency=answers["currency"],
        language=answers["language"],
        country=answers["country"],
        time_zone=answers["time_zone"],
        email=answers["operator_email"],
        staff=FirstPerson(email=answers["operator_email"], password=answers["operator_password"]),
    )


def _reseller(answers: Mapping[str, str]) -> NewPortal:
    return NewPortal(
        number=1001,
        slug=answers["slug"],
        name=answers["name"],
        hostname=answers["host"],
        currency=answers["currency"],
        language=answers["language"],
        country=answers["country"],
        time_zone=answers["time_zone"],
        email=answers["staff_email"],
        staff=FirstPerson(email=answers["staff_email"], password=answers["staff_password"]),
    )
