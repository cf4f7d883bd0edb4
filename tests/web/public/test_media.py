"""A brand's pictures: for ever under their own address, inert, and of this portal alone."""

from __future__ import annotations

import io
import re
from pathlib import Path

from flask import Flask
from PIL import Image

from portal.infra.db import Database
from portal.provisioning import plan, reading, scaffold
from portal.provisioning.scaffold import Wishes
from portal.tenancy import branding, pictures
from tests.builders import portal_folder
from tests.http.asking import HARBOUR, SUNNY, ask

MINT = "http://mint-co.localhost:8000"


def test_what_is_no_picture_of_the_portal_is_not_there(app: Flask, database: Database) -> None:
    picture = pictures.drawn(portal_folder.logo())
    with database.session(2) as session, session.begin():
        branding.show_picture(session, "logo_light", picture)
    assert ask(app, f"/media/{picture.hash}.png", HARBOUR).status_code == 200
    for path in (
        f"/media/{picture.hash}.png",
        f"/media/{picture.hash}.svg",
        f"/media/{picture.hash}",
        "/media/.png",
        f"/media/{'0' * 41}.png",
        "/media/../healthz",
        "/media/%2e%2e%2fportal.png",
    ):
        assert ask(app, path, SUNNY).status_code in {308, 404}, path


def test_a_picture_is_kept_for_ever_and_can_do_nothing(app: Flask, database: Database) -> None:
    picture = pictures.drawn(portal_folder.logo())
    with database.session(1) as session, session.begin():
        branding.show_picture(session, "logo_light", picture)
    answer = ask(app, f"/media/{picture.hash}.png", SUNNY)
    assert answer.data == picture.content
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Host"
    assert "Set-Cookie" not in answer.headers


def test_a_third_portal_made_from_a_logo_answers(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    assert ask(app, "/", MINT).status_code == 421
    logo = tmp_path / "drawn by hand.PNG"
    logo.write_bytes(portal_folder.logo("#15a06e"))
    folder = tmp_path / "mint"
    scaffold.write(
        folder,
        Wishes(
            name="Mint & Co",
            slug="mint-co",
            host="mint-co.localhost",
            country="DE",
            language="de",
            currency="EUR",
            time_zone="Europe/Berlin",
            email="office@mint.test",
            logo=logo,
        ),
    )
    read = reading.read(folder)
    with database.across_resellers() as session:
        place = plan.place_of(session, read.portal)
    with database.session(place.reseller_id) as session, session.begin():
        found = plan.compare(session, read, number=place.number, staff_password=None)
        plan.carry_out(session, found)
    page = ask(app, "/login", MINT)
    assert page.status_code == 200
    assert "Mint &amp; Co" in page.text
    shown = re.search(r'<img src="(/media/[0-9a-f]{32}\.png)" alt="Mint &amp; Co">', page.text)
    assert shown
    picture = ask(app, shown[1], MINT)
    assert Image.open(io.BytesIO(picture.data)).size == (121, 121)
    sheet = re.search(r'href="(/brand/[0-9a-f]+\.css)"', page.text)
    assert sheet
    assert "#15a06e" in ask(app, sheet[1], MINT).text


def test_a_page_has_the_logo_for_dark_grounds_only_if_there_is_one(
    app: Flask, database: Database
) -> None:
    light, dark = (pictures.drawn(portal_folder.logo(each)) for each in ("#0b2545", "#ffffff"))
    with database.session(1) as session, session.begin():
        branding.show_picture(session, "logo_light", light)
    before = re.findall(r'<img[^>]*src="(/media/[^"]+)"', ask(app, "/login", SUNNY).text)
    assert before == [f"/media/{light.hash}.png"]
    with database.session(2) as session, session.begin():
        branding.show_picture(session, "logo_light", light)
        branding.show_picture(session, "logo_dark", dark)
    after = re.findall(r'<img class="([^"]+)" src="([^"]+)"', ask(app, "/login", HARBOUR).text)
    assert after == [
        ("logo-surface", f"/media/{light.hash}.png"),
        ("logo-surface-dark", f"/media/{dark.hash}.png"),
    ]
