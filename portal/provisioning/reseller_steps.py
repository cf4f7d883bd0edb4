"""Compare who the reseller is: its facts, the names that it answers to, its settings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from portal.infra.db import ResellerSession
from portal.provisioning.schema import PortalFile
from portal.provisioning.steps import Remark, Step, kept
from portal.tenancy import hostnames, resellers, settings
from portal.tenancy.settings import ResellerSettings

_CHANGEABLE = ("name", "language", "country", "time_zone", "email")


def of_reseller(session: ResellerSession, portal: PortalFile, *, number: int) -> Iterator[Step]:
    """The reseller itself, made or changed."""
    present = resellers.own_if_any(session)
    wanted = {name: getattr(portal, name) for name in _CHANGEABLE}
    if present is None:
        yield Step(
            f"make the portal {portal.name} ({portal.slug}) in {portal.currency}, number {number}",
            partial(
                resellers.create,
                session,
                number=number,
                slug=portal.slug,
                currency=portal.currency,
                **wanted,
            ),
        )
        return
    changed = [name for name in _CHANGEABLE if getattr(present, name) != wanted[name]]
    if changed:
        said = ", ".join(
            f"{name.replace('_', ' ')} {getattr(present, name)!r} to {wanted[name]!r}"
            for name in changed
        )
        yield Step(f"change {said}", partial(resellers.change, session, **wanted))


def of_hosts(session: ResellerSession, portal: PortalFile) -> Iterator[Step | Remark]:
    """The names that it answers to; the first of the file is the one in its links."""
    present = hostnames.names_of(session)
    in_zone = hostnames.names_in_zone(session)
    first = portal.hosts[0]
    for name in portal.hosts:
        primary = name == first
        if name not in present:
            linked = ", the name in its links" if primary else ""
            yield Step(
                f"answer to {name}{linked}",
                partial(hostnames.add, session, name, primary=primary),
            )
        elif primary and name != present[0]:
            yield Step(
                f"write {name} into its links instead of {present[0]}",
                partial(hostnames.add, session, name, primary=True),
            )
    for name in present:
        if name not in portal.hosts and name not in in_zone:
            yield kept(f"the host name {name}")


def of_zone(session: ResellerSession, portal: PortalFile, *, zone: str) -> Iterator[Step]:
    """The name that every reseller has in the installation's zone, if it has one."""
    if not zone or hostnames.of_zone(portal.slug, zone=zone) in {
        *portal.hosts,
        *hostnames.names_of(session),
    }:
        return
    yield Step(
        f"answer to {hostnames.of_zone(portal.slug, zone=zone)}",
        partial(hostnames.add_of_zone, session, zone=zone),
    )


def of_settings(session: ResellerSession, portal: PortalFile) -> Iterator[Step]:
    """The settings that the file names; what it does not name stays."""
    exists = resellers.own_if_any(session) is not None
    present = (settings.read(session) if exists else ResellerSettings()).model_dump()
    wanted = portal.settings.chosen()
    if portal.languages is not None:
        wanted["languages"] = portal.languages
    changed = {name: value for name, value in wanted.items() if value != present[name]}
    if changed:
        said = ", ".join(
            f"{name.replace('_', ' ')} {_shown(present[name])} to {_shown(value)}"
            for name, value in changed.items()
        )
        yield Step(f"set {said}", partial(settings.change, session, **changed))


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)
