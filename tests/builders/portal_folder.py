"""Folders of portals, as tests need them."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw

PORTAL = """\
slug = "windy"
name = "Windy SMS"
hosts = ["windy.localhost", "sms.windy.test"]
currency = "USD"
language = "en"
country = "US"
time_zone = "America/New_York"
email = "office@windy.test"

[brand]
seed = "#0b4f8a"
own = { nav = "#ffffff" }
radius = 4

[settings]
daily_limit = "unlimited"
low_balance_threshold = "5"
countries = ["*"]

[[staff]]
email = "Wendy@windy.test"
name = "Wendy Van Wind"

[[package]]
name = "Breeze"
markup_fixed = "0.0025"
markup_percent = "20"
rates = { "491" = "0.03" }
"""
RATES = "prefix,price,valid_from\n1,0.009,\n49,0.06,2026-01-01\n+48500,0.02,\n"
ACTIVATED = "Welcome, [firstname]\n\nCome in:\n[url]\n"


def write(folder: Path, *, portal: str = PORTAL, logo: bytes | None = None, **texts: str) -> Path:
    """The folder, with these texts in the files of these names (`rates_csv`, `welcome_html`)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "portal.toml").write_text(portal, encoding="utf-8")
    for name, text in {"rates_csv": RATES, **texts}.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    if logo is not None:
        (folder / "logo.png").write_bytes(logo)
    return folder


def write_mail(folder: Path, notice: str, language: str, text: str) -> None:
    """A text of a mail in the folder."""
    file = folder / "mails" / notice / f"{language}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def logo(colour: str = "#e4572e", *, size: tuple[int, int] = (520, 140)) -> bytes:
    """A plain logo: a disc of this colour on nothing."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((10, 10, size[1] - 10, size[1] - 10), fill=colour)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
