"""The names of a portal, as its staff see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html import escape

import pytest
from sqlalchemy import select

from portal.accounts import cover
from portal.accounts.models import Activity, Person
from portal.accounts.roles import Role
from portal.http import wiring
from portal.tenancy import hostnames, own_names, proving, settings
from portal.tenancy.proving import Seen
from tests.cast import HARBOUR, SUNNY, UNIT

PAGE = "/reseller/hostnames"
NAME = "sms.acme.test"
OURS = "192.0.2.7"


@pytest.fixture
def zone(app):
    """The installation has a zone and says where names have to lead."""
    with app.app_context():
        before = wiring.current()
    told = replace(before.settings, zone="portals.test", public_addresses=OURS)
    wiring.attach(app, replace(before, settings=told))
    yield "portals.test"
    wiring.attach(app, before)


@pytest.fixture
def browser(visit, cast, zone):
    opened = visit(cast.sam)
    opened.get(PAGE)
    return opened


def told(app, **settings):
    """The installation, with these settings as well."""
    with app.app_context():
        parts = wiring.current()
    wiring.attach(app, replace(parts, settings=replace(parts.settings, **settings)))


def looked_up(database, name, *, reseller_id=SUNNY, addresses=(OURS,), proved=True, mail=()):
    """What the worker would write down."""
    with database.session(reseller_id) as session, session.begin():
        token = own_names.by_name(session, name).row.token
        seen = Seen(
            texts=[token] if proved else [],
            addresses=addresses,
            ours=[OURS],
            mail_host="mx.portals.test",
            mail_hosts=mail,
        )
        return proving.record(session, name, seen)


def activity(database, reseller_id=SUNNY):
    with database.session(reseller_id) as session:
        acts = select(Activity).where(Activity.what.startswith("hostname."))
        return [
            (row.what, row.details["description"]) for row in session.scalars(acts.order_by("id"))
        ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Please fill this in."),
        ("a" * 10_000, "This is too long for a name"),
        ("https://sms.acme.test/", "Write the name alone, without https://"),
        ("*.acme.test", "A star stands for many names."),
        ("a_b.acme.test", "Leave the underscore out"),
        ("192.0.2.1", "This is an address of numbers."),
        ("sms.acme.test:8443", "Leave out the colon"),
        ("sms.acme.test.", "Leave out the dot at the end."),
        ("localhost", "works on one machine or in one office only"),
        ("acme", "Write the whole name with its ending"),
        ("sms acme.test", "This is no name for a website."),
        ("xn--zzzzzz.test", "stands for no letters"),
        ("аcme.test", "Letters of two alphabets are mixed"),
        ("co.uk", "an ending that many share"),
        ("portals.test", "kept for the portal itself"),
        ("harbour.portals.test", "kept for the portal itself"),
        ("sms.portals.test", "kept for the portal itself"),
        ("harbour.localhost", "works on one machine"),
        ("sms.harbour.test", "Another portal has this name, or the domain that it is in."),
        ("deep.sms.harbour.test", "Another portal has this name, or the domain that it is in."),
        ("desk.wholesale.test", "Another portal has this name, or the domain that it is in."),
    ],
)
def test_what_cannot_be_a_name_is_said_and_not_stored(browser, database, typed, said):
    for reseller_id, name in ((HARBOUR, "sms.harbour.test"), (0, "desk.wholesale.test")):
        with database.session(reseller_id) as session, session.begin():
            hostnames.add(session, name, primary=False)
    seen = browser.post(PAGE, name=typed)
    assert seen.status == 422
    assert said in seen.text
    assert seen.value_of("name") == escape(typed)
    assert "Wholesale" not in seen.text
    with database.session(SUNNY) as session:
        assert [each.row.name for each in own_names.listed(session)] == ["sunny.localhost"]
    assert activity(database) == []


def test_without_anywhere_to_lead_to_no_name_is_added(visit, cast, database):
    browser = visit(cast.sam)
    seen = browser.get(PAGE)
    assert "Names of your own cannot be added here at present." in seen.text
    assert 'name="name"' not in seen.html
    assert browser.post(PAGE, name=NAME).status == 422


def test_from_asking_to_the_name_in_links(browser, database, cast):
    """What a shop owner goes through."""
    seen = browser.follow(browser.post(PAGE, name=" SMS.Acme.test "))
    with database.session(SUNNY) as session:
        token = own_names.by_name(session, NAME).row.token
    for words in (
        "State Waiting",
        "TXT _portal-proof.sms Copy Some forms want the whole name: _portal-proof.sms.acme.test",
        f"{token} Copy",
        "CNAME sms Copy Some forms want the whole name: sms.acme.test sunny.portals.test Copy",
        f"A or AAAA with the value {OURS}",
        "Looking …",
    ):
        assert words in seen.text, words
    assert 'hx-trigger="every 2s"' in seen.html
    assert looked_up(database, NAME, proved=False) is None
    part = browser.get(f"{PAGE}/{NAME}", **{"HX-Request": "true"})
    assert part.html.strip().startswith('<div class="col-12" id="live"')
    assert 'hx-trigger="every 20s"' in part.html
    assert "Not found so far." in part.text
    assert "The name leads here." in part.text
    assert "Check now" in part.text
    assert looked_up(database, NAME, addresses=["192.0.2.8"])
    seen = browser.get(f"{PAGE}/{NAME}")
    assert "State Proved" in seen.text
    assert "The name leads elsewhere." in seen.text
    assert "It says: 192.0.2.8" in seen.text
    refused = browser.follow(browser.post(f"{PAGE}/{NAME}/primary"))
    assert "The name does not lead here yet" in refused.text
    assert looked_up(database, NAME)
    seen = browser.get(f"{PAGE}/{NAME}")
    assert "Ready" in seen.text
    assert "hx-trigger" not in seen.html
    done = browser.follow(browser.post(f"{PAGE}/{NAME}/primary"))
    assert f"Links and mails have {NAME} in them from now on." in done.text
    with database.session(SUNNY) as session:
        assert hostnames.primary_of(session) == NAME
    assert activity(database) == [("hostname.asked", NAME), ("hostname.primary", NAME)]
    acts = browser.get("/reseller/activity").text
    assert "put another host name into links" in acts
    assert NAME in acts
    assert "sunny.localhost" in browser.get(PAGE).text


def test_check_now(browser, database):
    browser.post(PAGE, name=NAME)
    looked_up(database, NAME, proved=False)
    assert "Check now" in browser.get(f"{PAGE}/{NAME}").text
    seen = browser.follow(browser.post(f"{PAGE}/{NAME}/check"))
    assert "Looking …" in seen.text
    part = browser.post(f"{PAGE}/{NAME}/check", fragment=True)
    assert part.status == 200
    assert part.html.strip().startswith('<div class="col-12" id="live"')


def test_asking_too_often(browser):
    browser.post(PAGE, name=NAME)
    answers = [browser.post(f"{PAGE}/{NAME}/check").status for _ in range(61)]
    assert answers[0] == 303
    assert answers[-1] == 429


def test_a_name_asked_for_twice(browser):
    browser.post(PAGE, name=NAME)
    seen = browser.follow(browser.post(PAGE, name=NAME))
    assert "You have this name already, or have asked for it." in seen.text


def test_as_many_names_as_there_can_be(browser, database):
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, own_names_max=1)
    browser.post(PAGE, name=NAME)
    seen = browser.post(PAGE, name="two.acme.test")
    assert seen.status == 422
    assert "You have 1 names of your own" in seen.text
    assert seen.value_of("name") == "two.acme.test"


def test_a_domain_itself_has_an_address_and_no_alias(browser, app):
    browser.post(PAGE, name="acme.test")
    seen = browser.get(f"{PAGE}/acme.test").text
    assert "TXT _portal-proof Copy" in seen
    assert f"A @ Copy Some forms want the whole name: acme.test {OURS} Copy" in seen
    assert "CNAME" not in seen
    with app.app_context():
        parts = wiring.current()
        wiring.attach(app, replace(parts, settings=replace(parts.settings, public_addresses="")))
    seen = browser.get(f"{PAGE}/acme.test").text
    assert "ALIAS @ Copy" in seen
    assert "sunny.portals.test Copy" in seen


def test_the_record_for_email2sms_is_shown_where_the_installation_takes_it(browser, app, database):
    browser.post(PAGE, name=NAME)
    assert "Email2SMS" not in browser.get(f"{PAGE}/{NAME}").text
    told(app, email2sms_host="mx.portals.test")
    seen = browser.get(f"{PAGE}/{NAME}").text
    assert "3. For Email2SMS (optional)" in seen
    assert "MX sms Copy Some forms want the whole name: sms.acme.test mx.portals.test Copy" in seen
    assert "Priority: 10 Copy" in seen
    assert "Beside a CNAME there can be no other record." in seen
    assert "3. The record for Email2SMS (optional): Not looked up yet." in seen
    looked_up(database, NAME)
    seen = browser.get(f"{PAGE}/{NAME}")
    assert "State Ready" in seen.text
    assert "Not found. The name works without it." in seen.text
    looked_up(database, NAME, mail=["mail.acme.test"])
    seen = browser.get(f"{PAGE}/{NAME}")
    assert "Mail to this name goes elsewhere." in seen.text
    assert "It says: mail.acme.test" in seen.text
    assert "notice-danger" not in seen.html
    looked_up(database, NAME, mail=["mx.portals.test"])
    assert "3. The record for Email2SMS (optional): Found." in browser.get(f"{PAGE}/{NAME}").text


def test_whoever_has_mail_at_a_domain_is_told_what_the_record_would_do(browser, app):
    told(app, email2sms_host="mx.portals.test")
    browser.post(PAGE, name="acme.test")
    seen = browser.get(f"{PAGE}/acme.test").text
    assert "MX @ Copy" in seen
    assert "Do not add it if people get mail at acme.test" in seen
    assert "Beside a CNAME" not in seen


def test_a_name_that_fails_is_told_of_as_what_it_was(browser, database):
    browser.post(PAGE, name=NAME)
    looked_up(database, NAME)
    looked_up(database, NAME, addresses=[], proved=False)
    seen = browser.get(f"{PAGE}/{NAME}")
    assert "The record is no longer there." in seen.text
    assert "The name leads nowhere any more." in seen.text
    assert "so far" not in seen.text
    assert seen.html.count("notice-danger") == 2


def test_a_name_in_other_letters_is_shown_both_ways(browser):
    seen = browser.follow(browser.post(PAGE, name="bücher.example"))
    assert "xn--bcher-kva.example (bücher.example)" in seen.text


def test_the_fee_is_said_before_and_taken_once(browser, database):
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, own_name_fee=10 * UNIT)
        before = cover.balance(session)
    assert "A name of your own costs $10.00 once." in browser.get(PAGE).text
    browser.post(PAGE, name=NAME)
    browser.post(PAGE, name=NAME)
    with database.session(SUNNY) as session:
        assert cover.balance(session) == before - 10 * UNIT
    looked_up(database, NAME)
    browser.post(f"{PAGE}/{NAME}/release", typed=NAME)
    browser.post(PAGE, name=NAME)  # taken back
    with database.session(SUNNY) as session:
        assert cover.balance(session) == before - 10 * UNIT
    assert f"Host name: {NAME}" in browser.get("/reseller/cover").text


def test_a_fee_that_the_cover_does_not_reach_for(browser, database):
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, own_name_fee=5000 * UNIT)
    seen = browser.post(PAGE, name=NAME)
    assert seen.status == 422
    assert "Your cover is $1,000.00 and the fee for a name is $5,000.00." in seen.text
    with database.session(SUNNY) as session:
        assert [each.row.name for each in own_names.listed(session)] == ["sunny.localhost"]
        assert cover.balance(session) == 1000 * UNIT


def test_a_name_is_released_once_it_is_typed(browser, database):
    browser.post(PAGE, name=NAME)
    looked_up(database, NAME)
    browser.post(f"{PAGE}/{NAME}/primary")
    path = f"{PAGE}/{NAME}/release"
    seen = browser.get(path).text
    assert "For 30 days nobody else can have it" in seen
    assert "The next of your names takes its place there." in seen
    wrong = browser.post(path, typed="sms.acme")
    assert wrong.status == 422
    assert f"This is not the name. Write {NAME}." in wrong.text
    assert browser.post(path, typed="").status == 422
    seen = browser.follow(browser.post(path, typed=NAME.upper()))
    assert f"{NAME} is released." in seen.text
    assert "Kept for you until" in seen.text
    assert "Use it again" in seen.text
    released = browser.get(f"{PAGE}/{NAME}")
    assert "you can take it back" in released.text
    assert "Use it again" in released.text
    assert released.value_of("name") == NAME
    back = browser.follow(browser.post(PAGE, name=NAME))
    assert "The name is yours again." in back.text
    assert [what for what, _ in activity(database)] == [
        "hostname.asked",
        "hostname.primary",
        "hostname.released",
        "hostname.taken_back",
    ]


def test_a_name_that_was_never_proven_is_let_go_lightly(browser):
    browser.post(PAGE, name=NAME)
    assert "The name was never proved to be yours" in browser.get(f"{PAGE}/{NAME}/release").text
    browser.post(f"{PAGE}/{NAME}/release", typed=NAME)
    assert f"{NAME} is released." in browser.get(PAGE).text
    assert NAME not in browser.get(PAGE).text


def test_the_last_name_stays(browser):
    seen = browser.post(f"{PAGE}/sunny.localhost/release", typed="sunny.localhost")
    assert seen.status == 422
    assert "the portal has to have one that leads to it" in seen.text


def test_the_name_in_the_zone_is_there_from_the_beginning(browser, database, zone):
    with database.session(SUNNY) as session, session.begin():
        hostnames.add_of_zone(session, zone=zone)
    seen = browser.get(f"{PAGE}/sunny.{zone}").text
    assert "This name is yours from the beginning and always stays." in seen
    assert "Check now" not in seen
    assert f"sunny.{zone} Ready" in browser.get(PAGE).text


def test_a_name_that_no_longer_leads_here_says_since_when(browser, database):
    browser.post(PAGE, name=NAME)
    looked_up(database, NAME)
    looked_up(database, NAME, addresses=[])
    seen = browser.get(f"{PAGE}/{NAME}").text
    assert "State Failing" in seen
    assert "Does not lead here since" in seen


def test_certificates_are_told_where_they_are_ours(browser, database, app):
    browser.post(PAGE, name=NAME)
    assert "Certificate (the lock" not in browser.get(f"{PAGE}/{NAME}").text
    with app.app_context():
        parts = wiring.current()
        wiring.attach(app, replace(parts, settings=replace(parts.settings, https=True)))
    assert "comes by itself when the name leads here" in browser.get(f"{PAGE}/{NAME}").text
    with database.session(SUNNY) as session, session.begin():
        until = datetime(2027, 2, 20, tzinfo=UTC)
        proving.note_certificate(session, NAME, until=until)
    assert "good until Feb 20, 2027, renewed by itself" in browser.get(f"{PAGE}/{NAME}").text
    assert "Feb 20, 2027" in browser.get(PAGE).text


@pytest.mark.parametrize("name", ["harbour.localhost", "nobody.test", "x", "..", "a" * 300])
def test_names_of_others_and_of_nobody_are_no_pages(browser, name):
    browser.get(PAGE)
    path = f"{PAGE}/{name}"
    answers = [browser.get(path), browser.get(f"{path}/release")]
    answers += [browser.post(f"{path}/{act}") for act in ("check", "primary", "release")]
    assert {each.status for each in answers} <= {404, 308}
    assert "Harbour" not in "".join(each.text for each in answers)


def test_the_operator_sees_names_and_may_take_one(visit, cast, browser, database):
    browser.post(PAGE, name=NAME)
    looked_up(database, NAME)
    console = visit(cast.olga)
    path = f"/operator/resellers/{SUNNY}/hostnames"
    assert path in console.get(f"/operator/resellers/{SUNNY}").html
    seen = console.get(path)
    assert f"{NAME} Ready" in seen.text
    stays = console.follow(console.post(f"{path}/sunny.localhost/release"))
    assert f"{NAME} Ready" in stays.text
    kept = console.follow(console.post(f"{path}/{NAME}/release"))
    assert "This name stays" in kept.text
    assert console.post(f"{path}/nobody.test/release").status == 404


def test_the_operator_says_how_many_names_and_for_how_much(visit, cast, database):
    console = visit(cast.olga)
    path = f"/operator/resellers/{SUNNY}/hostnames"
    assert console.get(path).value_of("most") == "10"
    assert console.get(path).value_of("fee") == ""
    for most, fee in (("0", ""), ("x", ""), ("1001", ""), ("2", "-1"), ("2", "x"), ("", "")):
        seen = console.post(path, most=most, fee=fee)
        assert (seen.status, seen.value_of("most")) == (422, most)
    seen = console.follow(console.post(path, most="3", fee="12.50"))
    assert (seen.value_of("most"), seen.value_of("fee")) == ("3", "12.50")
    with database.session(SUNNY) as session:
        chosen = settings.read(session)
        assert (chosen.own_names_max, chosen.own_name_fee) == (3, 12_500_000)
    console.post(path, most="3", fee="")
    with database.session(SUNNY) as session:
        assert settings.read(session).own_name_fee == 0


def test_whoever_reads_only_at_the_console_changes_nothing(visit, cast, database):
    with database.session(0) as session, session.begin():
        person = session.get(Person, (0, cast.olga.person_id))
        person.role = Role.OPERATOR_READER.value
    console = visit(cast.olga)
    path = f"/operator/resellers/{SUNNY}/hostnames"
    seen = console.get(path)
    assert "sunny.localhost" in seen.text
    assert "Release" not in seen.text
    assert console.post(path, most="3", fee="").status == 403
