"""Read a portal's folder: everything in it is checked before anything of it is applied."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from portal.infra import installed_themes, theme_settings
from portal.infra.theme_settings import InvalidThemeSetting
from portal.notifications.wording import Words
from portal.pricing.conditions import Conditions
from portal.provisioning import faults, rate_files, text_files
from portal.provisioning.faults import BadFolder, Fault
from portal.provisioning.package_tables import AmountsTable, PackagesFile, PackageTable, TermsTable
from portal.provisioning.rate_files import DatedRate
from portal.provisioning.schema import PortalFile, key_of
from portal.provisioning.text_files import MAILS_FOLDER, PAGES_FOLDER, WORDS_FOLDER
from portal.tenancy import brand_pictures, pictures
from portal.tenancy.display import Display
from portal.tenancy.picture_flaws import InvalidPicture
from portal.tenancy.pictures import Picture

PORTAL_FILE: Final = "portal.toml"
PACKAGES_FILE: Final = "packages.toml"
RATES_FILE: Final = "rates.csv"
BYTES_MAX: Final = 10 * 1024 * 1024
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)")

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class PackageToSell:
    """A package of the folder, with its own rates by currency; without a name, the defaults."""

    name: str
    conditions: Conditions
    rates: Mapping[str, tuple[DatedRate, ...]]
    display: Display | None = None
    """What clients with it are shown; None is what the portal says."""


@dataclass(frozen=True, kw_only=True)
class PortalFolder:
    """A whole portal as its folder says it."""

    portal: PortalFile
    packages: tuple[PackageToSell, ...] = ()
    defaults: PackageToSell | None = None
    """What holds without a package; None where the folder says nothing of it."""
    rates: tuple[DatedRate, ...] = ()
    welcome: str | None = None
    """In the portal's own language; None where the folder says nothing of it."""
    greetings: Mapping[str, str] = field(default_factory=dict)
    """The same in other languages."""
    pages: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The portal's own pages by page and language."""
    mails: Mapping[str, tuple[Words, ...]] = field(default_factory=dict)
    """By the notice's key, one for each language that has words of its own."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What labels of pages say, by language and message."""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    """By the place that shows them, as `brand_values.PLACES` has it."""
    logo_colours: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    """Files of the folder that say nothing to the portal."""

    @property
    def logo(self) -> Picture | None:
        """The picture that the colours of the brand are found in, if it names none."""
        return self.pictures.get("logo_light")


def read(folder: Path) -> PortalFolder:
    """Everything that a folder says, checked.

    Raises:
        BadFolder: with every fault that was found, by file, line and key.
    """
    return _Reader(folder).read()


class _Reader:
    """One reading of one folder; faults are collected, so that all are told at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._faults: list[Fault] = []
        self._known = {PORTAL_FILE, PACKAGES_FILE, RATES_FILE}
        self._known |= {MAILS_FOLDER, PAGES_FOLDER, WORDS_FOLDER}

    def read(self) -> PortalFolder:
        """See `read`."""
        if not (self._folder / PORTAL_FILE).is_file():
            what = "there is no such file; `portal new` writes one"
            raise BadFolder([Fault(file=str(self._folder / PORTAL_FILE), what=what)])
        portal = self._toml(PORTAL_FILE, PortalFile)
        beside = self._toml(PACKAGES_FILE, PackagesFile) if self._has(PACKAGES_FILE) else None
        if portal is None or (beside is None and self._has(PACKAGES_FILE)):
            raise BadFolder(self._faults)
        brand, defaults = portal.brand, portal.defaults
        self._theme_settings(portal)
        given = {place: self._picture(place, name) for place, name in brand.files().items()}
        logo = given.get("logo_light")
        found = PortalFolder(
            portal=portal,
            packages=self._packages(portal, beside.package if beside else []),
            defaults=self._sold("", defaults, portal.currency) if defaults else None,
            rates=self._rates(RATES_FILE) if self._has(RATES_FILE) else (),
            welcome=(greetings := self._greetings(portal)).pop(portal.language, None),
            greetings=greetings,
            pages=text_files.pages(self._folder, read=self._text, tell=self._fault),
            mails=text_files.mails(self._folder, read=self._text, tell=self._fault),
            words=text_files.labels(self._folder, read=self._text, tell=self._fault),
            pictures={place: picture for place, picture in given.items() if picture},
            logo_colours=pictures.colours_of(logo.content) if logo else (),
            not_read=self._not_read(),
        )
        if self._faults:
            raise BadFolder(self._faults)
        return found

    def _toml(self, name: str, model: type[Model]) -> Model | None:
        source = self._text(name)
        if source is None:
            return None
        try:
            return model.model_validate(tomllib.loads(source))
        except tomllib.TOMLDecodeError as wrong:
            at = _AT_LINE.search(str(wrong))
            what = f"this is no TOML: {_AT_LINE.sub('', str(wrong))}"
            self._fault(name, what, line=int(at[1]) if at else source.count("\n") + 1)
        except ValidationError as wrong:
            self._faults += faults.of_model(wrong, model=model, file=name, source=source)
        return None

    def _packages(
        self, portal: PortalFile, beside: list[PackageTable]
    ) -> tuple[PackageToSell, ...]:
        tables = [*portal.package, *beside]
        names = [table.name for table in tables]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._fault(PORTAL_FILE, "there are two of this name", key=f"package {name!r}")
        return tuple(self._sold(table.name, table, portal.currency) for table in tables)

    def _sold(self, name: str, table: TermsTable, currency: str) -> PackageToSell:
        if currency in table.amounts:
            what = f"amounts in {currency} stand in the table itself, as it is the portal's own"
            self._fault(PORTAL_FILE, what, key=f"package {name!r}" if name else "defaults")
        amounts = {currency: table, **table.amounts}
        return PackageToSell(
            name=name,
            conditions=table.conditions(currency),
            rates={code: self._own_rates(each) for code, each in amounts.items()},
            display=table.display.shown()
            if isinstance(table, PackageTable) and table.display
            else None,
        )

    def _own_rates(self, table: AmountsTable) -> tuple[DatedRate, ...]:
        lines = tuple(DatedRate(prefix, price) for prefix, price in table.rates.items())
        return lines if table.rates_file is None else lines + self._rates(table.rates_file)

    def _rates(self, name: str) -> tuple[DatedRate, ...]:
        source = self._text(name)
        if source is None:
            return ()
        read, wrong = rate_files.read(source, file=name)
        self._faults += wrong
        return read

    def _greetings(self, portal: PortalFile) -> dict[str, str]:
        return text_files.greetings(
            self._folder, portal.language, read=self._text, tell=self._fault
        )

    def _theme_settings(self, portal: PortalFile) -> None:
        theme = installed_themes.named(portal.theme)
        try:
            theme_settings.checked(theme, portal.brand.theme_settings)
        except InvalidThemeSetting as invalid:
            key = f"brand.theme_settings.{invalid.setting_id}"
            self._fault(PORTAL_FILE, f"{invalid.what}", key=key)

    def _picture(self, place: str, name: str) -> Picture | None:
        given = self._bytes(name, key=f"brand.{key_of(place)}")
        if given is None:
            return None
        try:
            return brand_pictures.drawn_for(place, given)
        except InvalidPicture as invalid:
            self._fault(name, str(invalid))
            return None

    def _not_read(self) -> tuple[str, ...]:
        names = {path.name for path in self._folder.iterdir() if not path.name.startswith(".")}
        return tuple(sorted(names - self._known))

    def _has(self, name: str) -> bool:
        return (self._folder / name).is_file()

    def _text(self, name: str) -> str | None:
        given = self._bytes(name)
        if given is None:
            return None
        try:
            text = given.decode("utf-8-sig")
        except UnicodeDecodeError as wrong:
            line = given[: wrong.start].count(b"\n") + 1
            self._fault(name, "this is not UTF-8; save it as that", line=line)
            return None
        if "\0" in text:
            self._fault(name, "there is a NUL in it, which no text has")
            return None
        return text.replace("\r\n", "\n")

    def _bytes(self, name: str, *, key: str = "") -> bytes | None:
        self._known.add(name)
        try:
            with (self._folder / name).open("rb") as file:
                given = file.read(BYTES_MAX + 1)
        except OSError as error:
            place = PORTAL_FILE if key else name
            what = f"{name} cannot be read ({(error.strerror or 'unknown').lower()})"
            self._fault(place, what, key=key)
            return None
        if len(given) > BYTES_MAX:
            self._fault(name, f"it is larger than {BYTES_MAX:,} bytes")
            return None
        return given

    def _fault(self, file: str, what: str, *, line: int = 0, key: str = "") -> None:
        self._faults.append(Fault(file=file, line=line, key=key, what=what))
