"""Drafts are each person's own; what is published is kept, and can be brought back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.infra import clock
from portal.infra.errors import NotFound
from portal.provisioning import brand_publishing
from portal.provisioning.brand_publishing import HardToRead
from portal.tenancy import brand_values, branding, drafts, images, pictures, versions
from portal.tenancy.brand_sheet import Look
from portal.tenancy.brand_values import BrandValues, picture_of
from portal.tenancy.palette import InvalidColour
from portal.tenancy.versions import PublishedMeanwhile
from tests.builders import portal_folder

TEAL = Look(seed="#0f766e")
SAM, SUE = 7, 8


def live(session) -> BrandValues:
    return branding.values_of(branding.own(session))


def in_teal(session, **more) -> BrandValues:
    return replace(live(session), look=TEAL, **more)


# Drafts


def test_what_no_brand_may_have_makes_no_draft(session):
    evil = replace(live(session), look=Look(seed="red;}body{"))
    with pytest.raises(InvalidColour):
        drafts.keep(session, evil, person_id=SAM)
    assert drafts.of(session, SAM) is None


def test_a_draft_is_ones_own_and_changes_nothing_that_is_live(session, harbour_session):
    before = live(session)
    draft = drafts.keep(session, in_teal(session), person_id=SAM)
    assert drafts.values_for(session, SAM).look == TEAL
    assert drafts.values_for(session, SUE) == before == live(session)
    assert drafts.by_id(session, draft.id) is draft
    assert drafts.drawn(draft).sheet_hash == draft.sheet_hash != branding.own(session).sheet_hash
    again = drafts.keep(session, in_teal(session, title="Teal"), person_id=SAM)
    assert (again.id, drafts.drawn(again).title) == (draft.id, "Teal")
    with pytest.raises(NotFound):
        drafts.by_id(harbour_session, draft.id)
    drafts.discard(session, person_id=SUE)
    assert drafts.of(session, SAM) is draft
    drafts.discard(session, person_id=SAM)
    assert drafts.of(session, SAM) is None


def test_a_draft_ends_after_a_day(session):
    draft = drafts.keep(session, in_teal(session, theme="sidebar"), person_id=SAM)
    assert drafts.draws_with(session, "sidebar")
    assert not drafts.draws_with(session, "minimal")
    with clock.pretending(drafts.ends_at(draft)):
        assert drafts.of(session, SAM) is None
        assert not drafts.draws_with(session, "sidebar")
        with pytest.raises(NotFound):
            drafts.by_id(session, draft.id)
        newer = drafts.keep(session, in_teal(session), person_id=SAM)
        assert newer.id != draft.id
    with clock.pretending(clock.now() + timedelta(days=3)):
        drafts.forget_old(session)
    assert drafts.of(session, SAM) is None


# Publishing


def test_nothing_is_published_without_a_draft(session, cast):
    with pytest.raises(NotFound):
        brand_publishing.publish(session, seen=0, by=cast.sam)


def test_what_is_hard_to_read_has_to_be_wanted(session, cast):
    look = Look(seed="#0f766e", own={"text": "#eeeeee"})
    drafts.keep(session, replace(live(session), look=look), person_id=cast.sam.person_id)
    with pytest.raises(HardToRead) as refused:
        brand_publishing.publish(session, seen=0, by=cast.sam)
    assert refused.value.inks == ["text"]
    assert versions.listed(session) == []
    made = brand_publishing.publish(session, seen=0, by=cast.sam, though_hard_to_read=True)
    assert made is not None
    assert live(session).look == look


def test_publishing_keeps_what_was_and_what_is(session, cast):
    before = live(session)
    drafts.keep(session, in_teal(session), person_id=cast.sam.person_id)
    made = brand_publishing.publish(session, seen=0, by=cast.sam)
    assert live(session).look == TEAL
    first, second = reversed(versions.listed(session))
    assert made is second
    assert (first.number, first.person_name, second.number) == (1, "", 2)
    assert (second.person_id, second.person_name) == (cast.sam.person_id, cast.sam.name)
    assert brand_values.from_json(first.values) == before
    assert brand_values.from_json(second.values) == live(session)
    assert branding.own(session).version == 2
    assert drafts.of(session, cast.sam.person_id) is None
    (act,) = session.scalars(select(Activity).where(Activity.what == "brand.published"))
    assert act.details == {"version": 2}


def test_the_same_again_is_no_version(session, cast):
    drafts.keep(session, live(session), person_id=cast.sam.person_id)
    assert brand_publishing.publish(session, seen=0, by=cast.sam) is None
    assert [each.number for each in versions.listed(session)] == [1]


def test_the_second_of_two_is_told_and_keeps_the_draft(session, cast):
    drafts.keep(session, in_teal(session), person_id=cast.sam.person_id)
    drafts.keep(session, replace(live(session), title="Sue's"), person_id=SUE)
    sue = replace(cast.sam, person_id=SUE, name="Sue")
    brand_publishing.publish(session, seen=0, by=sue)
    with pytest.raises(PublishedMeanwhile) as refused:
        brand_publishing.publish(session, seen=0, by=cast.sam)
    assert (refused.value.version.number, refused.value.version.person_name) == (2, "Sue")
    assert live(session).title == "Sue's"
    assert drafts.of(session, cast.sam.person_id) is not None
    made = brand_publishing.publish(session, seen=2, by=cast.sam)
    assert made is not None
    assert made.number == 3


def test_an_earlier_version_comes_back_as_a_new_one(session, cast):
    before = live(session)
    picture = pictures.drawn(portal_folder.logo())
    images.keep(session, picture)
    teal = in_teal(session, pictures={"login_logo_light": picture.hash}, theme="sidebar")
    drafts.keep(session, teal, person_id=cast.sam.person_id)
    brand_publishing.publish(session, seen=0, by=cast.sam)
    with pytest.raises(PublishedMeanwhile):
        brand_publishing.restore(session, 1, seen=1, by=cast.sam)
    with pytest.raises(NotFound):
        brand_publishing.restore(session, 9, seen=2, by=cast.sam)
    made = brand_publishing.restore(session, 1, seen=2, by=cast.sam)
    assert made is not None
    assert (made.number, made.restores, live(session)) == (3, 1, before)
    assert branding.own(session).login_logo_light is None
    assert brand_publishing.restore(session, 1, seen=3, by=cast.sam) is None
    again = brand_publishing.restore(session, 2, seen=3, by=cast.olga)
    assert again is not None
    assert again.person_name == ""  # staff reads it, and knows nobody of the operator's
    assert live(session) == teal


def test_what_was_changed_by_other_means_is_kept_first(session, cast):
    branding.rename(session, title="By folder", theme="default")
    drafts.keep(session, in_teal(session), person_id=cast.sam.person_id)
    brand_publishing.publish(session, seen=0, by=cast.sam)
    assert [each.values["title"] for each in versions.listed(session)] == ["By folder"] * 2
    assert versions.keep_live(session) is None


def test_a_picture_that_is_not_there_is_not_put_on(session):
    with pytest.raises(NotFound):
        branding.put_on(session, replace(live(session), pictures={"logo_light": "0" * 32}))


# Values


def test_values_survive_being_kept(session):
    values = in_teal(session, theme_settings={"density": "compact"}, pictures={"logo_dark": "x"})
    assert brand_values.from_json(brand_values.as_json(values)) == values


@pytest.mark.parametrize(
    ("chosen", "slot", "mode", "shown"),
    [
        ({}, "login_logo", "light", None),
        ({"logo_light": "a"}, "login_logo", "light", "a"),
        ({"logo_light": "a", "logo_dark": "b"}, "login_logo", "dark", "b"),
        ({"logo_dark": "b", "login_logo_light": "c"}, "login_logo", "dark", None),
        ({"logo_dark": "b", "login_logo_dark": "d"}, "login_logo", "dark", "d"),
        ({"logo_light": "a"}, "login_background", "light", None),
        ({"logo_light": "a"}, "logo", "dark", None),
    ],
)
def test_a_place_without_a_picture_shows_the_logo(chosen, slot, mode, shown):
    assert picture_of(chosen, slot, mode) == shown
