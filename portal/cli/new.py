"""`portal new [DIR]`: writes the folder of a portal, ready to be changed and applied."""

from __future__ import annotations

import argparse
import os
import re
import unicodedata
from pathlib import Path

from portal.cli.questions import Question, add_options, answer
from portal.infra.errors import PortalError
from portal.infra.processes import CannotStart
from portal.provisioning import scaffold, words
from portal.provisioning.scaffold import Wishes

NAME = "new"
HELP = "write the folder of a new portal, for `portal apply`; asks what no option says"


def _file(text: str) -> str:
    if not Path(text).expanduser().is_file():
        raise ValueError(f"is {text!r}, but there is no such file")
    return text


_NAME = Question("name", "What the portal is called", words.filled)
_SLUG = Question("slug", "Its short name", words.slug)
_HOST = Question("host", "Host name that it answers to", words.host)
_COUNTRY = Question("country", "Country of the reseller", words.country, "US")
_LANGUAGE = Question("language", "Its language", words.language)
_CURRENCY = Question("currency", "Its currency", words.currency)
_TIME_ZONE = Question("time_zone", "Its time zone", words.time_zone)
_EMAIL = Question("email", "E-mail address of its first member of staff", words.email)
_LOGO = Question("logo", "File of its logo (PNG, JPEG, WebP, GIF)", _file, optional=True)
_COLOUR = Question("colour", "Its colour, as #206bc4", words.colour, optional=True)
QUESTIONS = (
    _NAME, _SLUG, _HOST, _COUNTRY, _LANGUAGE, _CURRENCY, _TIME_ZONE, _EMAIL, _LOGO, _COLOUR,
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """An option for every question."""
    parser.add_argument(
        "folder", metavar="DIR", type=Path, nargs="?", help="where to write it (its short name)"
    )
    add_options(parser, QUESTIONS)


def run(args: argparse.Namespace) -> int:
    """Ask what is missing and write the folder.

    Raises:
        CannotStart: an answer will not do, or there is something in the folder already.
    """
    wishes = _wishes(args)
    folder = args.folder or Path(wishes.slug)
    try:
        scaffold.write(folder, wishes)
    except PortalError as refused:
        raise CannotStart(f"{str(refused)[:1].upper()}{str(refused)[1:]}.") from None
    except OSError as failed:
        raise CannotStart(f"{failed.filename}: {failed.strerror}.") from None
    print(f"Written to {folder}. Look at {folder / 'portal.toml'}, then: portal apply {folder}")
    return 0


def _wishes(args: argparse.Namespace) -> Wishes:
    def told(question: Question, default: str = "") -> str:
        return answer(question, args, os.environ, default=default)

    name = told(_NAME)
    slug = told(_SLUG, _short(name))
    country = told(_COUNTRY)
    host = told(_HOST, f"{slug}.localhost")
    logo = told(_LOGO)
    return Wishes(
        name=name,
        slug=slug,
        host=host,
        country=country,
        language=told(_LANGUAGE, scaffold.usual_language(country)),
        currency=told(_CURRENCY, scaffold.usual_currency(country)),
        time_zone=told(_TIME_ZONE, scaffold.usual_time_zone(country)),
        email=told(_EMAIL, f"office@{slug}.example"),
        logo=Path(logo).expanduser() if logo else None,
        colour=told(_COLOUR) if not logo or args.colour else "",
    )


def _short(name: str) -> str:
    """A slug for a name: `Café & Söhne` becomes `cafe-sohne`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
