"""Which themes a reseller may choose, as the operator has ticked."""

from __future__ import annotations

import pytest

from portal.infra.db import Database
from portal.provisioning import brand_publishing
from portal.tenancy import branding, drafts, offered_themes, settings
from portal.tenancy.offered_themes import ThemeNotOffered
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit

PAGE = f"/operator/resellers/{SUNNY}/themes"


def opened(visit: Visit, cast: Cast) -> Browser:
    browser = visit(cast.olga)
    browser.get(PAGE)
    return browser


def offered(database: Database) -> list[str]:
    with database.session(SUNNY) as session:
        return [each.id for each in offered_themes.of(session)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"offer": "some"}, "Choose at least one theme."),
        ({"offer": "some", "themes": "no-such-theme"}, "no-such-theme"),
        ({"offer": ""}, "Please fill this in."),
    ],
    ids=str,
)
def test_what_is_no_choice_is_said(
    visit: Visit, cast: Cast, database: Database, typed: dict[str, str], said: str
) -> None:
    seen = opened(visit, cast).post(PAGE, **typed)
    assert (seen.status, said in seen.text) == (422, True), seen.text
    assert len(offered(database)) > 1


def test_only_what_is_ticked_may_be_chosen_and_what_is_live_stays(
    visit: Visit, cast: Cast, database: Database
) -> None:
    assert 'value="sidebar"' in visit(cast.sam).get("/reseller/brand").html
    olga = opened(visit, cast)
    saved = olga.post(PAGE, offer="some", themes="minimal")
    assert (saved.status, saved.location) == (303, PAGE)
    assert "It has Default now" in olga.get(PAGE).text
    assert offered(database) == ["default", "minimal"]
    studio = visit(cast.sam).get("/reseller/brand").html
    assert 'value="minimal"' in studio
    assert 'value="sidebar"' not in studio
    olga.post(PAGE, offer="all")
    assert "sidebar" in offered(database)


def test_a_draft_of_a_theme_that_is_gone_is_not_published(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        live = branding.own(session)
        values = branding.values_of(live)
        version = live.version
        drafts.keep(
            session,
            type(values)(**{**vars(values), "theme": "sidebar"}),
            person_id=cast.sam.person_id or 0,
        )
        settings.change(session, themes=["minimal"])
        with pytest.raises(ThemeNotOffered):
            brand_publishing.publish(session, seen=version, by=cast.sam, though_hard_to_read=True)
    sam = visit(cast.sam)
    sam.get("/reseller/brand")
    assert "sidebar" not in offered(database)
