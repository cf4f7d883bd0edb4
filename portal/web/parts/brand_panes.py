"""The pane that shows a brand: which page, light or dark, on a large screen or on a phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for
from flask_babel import lazy_gettext

PAGES: Final[Mapping[str, str]] = {
    "dashboard": lazy_gettext("Dashboard"),
    "login": lazy_gettext("Sign-in"),
    "email": lazy_gettext("E-mail"),
    "invoice": lazy_gettext("Invoice"),
}
MODES: Final[Mapping[str, str]] = {"light": lazy_gettext("Light"), "dark": lazy_gettext("Dark")}
SIZES: Final[Mapping[str, str]] = {
    "desktop": lazy_gettext("Desktop"),
    "phone": lazy_gettext("Phone"),
}
ICONS: Final[Mapping[str, str]] = {
    "dashboard": "home", "login": "login", "email": "mail", "invoice": "receipt",
    "light": "sun", "dark": "moon", "desktop": "device-desktop", "phone": "device-mobile",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to look at the brand, and the address that shows it so."""

    value: str
    label: str
    icon: str
    url: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class Pane:
    """What the pane shows; `state` is how it was asked for, to come back to the same."""

    frame_url: str
    size: str
    choices: Mapping[str, list[Choice]]
    state: Mapping[str, str]


def pane(endpoint: str, token: str, *, version: str) -> Pane:
    """The pane of a page, as its address or the form that was sent says.

    `version` stands in the frame's address, so that it is drawn anew as soon as something changed.
    """
    asked = state()
    here: dict[str, Any] = {"token": token} if endpoint == "public.brand_preview" else {}
    return Pane(
        frame_url=url_for(
            "public.brand_sample",
            token=token,
            sample_page=asked["page"],
            mode=asked["mode"],
            v=version,
        ),
        size=asked["size"],
        choices={
            name: [
                Choice(
                    value=value,
                    label=str(label),
                    icon=ICONS[value],
                    url=url_for(endpoint, **here, **{**asked, name: value}),
                    current=asked[name] == value,
                )
                for value, label in known.items()
            ]
            for name, known in (("page", PAGES), ("mode", MODES), ("size", SIZES))
        },
        state=asked,
    )


def state() -> dict[str, Any]:
    """How the brand is looked at, as the address or the form that was sent says."""
    return {
        "page": _chosen("page", PAGES),
        "mode": _chosen("mode", MODES),
        "size": _chosen("size", SIZES),
    }


def _chosen(name: str, known: Mapping[str, str]) -> str:
    asked = request.values.get(name, "")
    return asked if asked in known else next(iter(known))
