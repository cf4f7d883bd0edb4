"""Whoever is in another's place meets the leash at every route that there is."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.accounts.roles import CLOSED_ON_VISITS, CLOSED_WHILE_VIEWING
from portal.http.actor import access_of
from portal.infra.db import Database
from tests.architecture.entering import Pass
from tests.architecture.test_authorisation_matrix import ask, requests_of
from tests.cast import Cast

LOOKING = ("staff looking at a client", "the operator looking at a reseller")
ACTING = ("staff acting for a client", "the operator acting for a reseller")
CLOSED = {ACTING[0]: CLOSED_WHILE_VIEWING, ACTING[1]: CLOSED_ON_VISITS}
OF_PLACE = {
    LOOKING[0]: "client", LOOKING[1]: "reseller", ACTING[0]: "client", ACTING[1]: "reseller",
}  # fmt: skip


@pytest.fixture(scope="module")
def shown(matrix_database: Database, cast: Cast, passes: dict[str, Pass]) -> dict[str, Pass]:
    del matrix_database, cast
    return passes


def admitted(app: Flask, shown: Pass, *, method: str) -> set[str]:
    """The routes that let this visitor in and that are not for everybody."""
    return {
        endpoint
        for endpoint, each, path in requests_of(app)
        if each == method
        and not _is_public(app, endpoint)
        and ask(app, each, path, host="sunny", shown=shown).text == "admitted"
    }


def _is_public(app: Flask, endpoint: str) -> bool:
    access = access_of(app.view_functions[endpoint])
    return access is not None and access.is_public


def kept_back(app: Flask, name: str) -> set[str]:
    """The routes that are closed whatever reason was given: by their mark, or by their right."""
    found = set()
    for endpoint, view in app.view_functions.items():
        access = access_of(view)
        assert access is not None
        if access.is_personal or access.right in CLOSED[name] or hasattr(view, "asks_fresh"):
            found.add(endpoint)
    return found


@pytest.mark.parametrize("name", LOOKING)
def test_without_a_reason_nothing_is_changed(
    guarded: Flask, shown: dict[str, Pass], name: str
) -> None:
    assert admitted(guarded, shown[name], method="POST") == set()
    seen = admitted(guarded, shown[name], method="GET")
    assert f"{OF_PLACE[name]}.messages" in seen
    assert {endpoint.partition(".")[0] for endpoint in seen} == {OF_PLACE[name]}


@pytest.mark.parametrize("name", ACTING)
def test_with_a_reason_what_is_personal_stays_closed(
    guarded: Flask, shown: dict[str, Pass], name: str
) -> None:
    for method in ("GET", "POST"):
        let_in = admitted(guarded, shown[name], method=method)
        assert let_in
        assert not let_in & kept_back(guarded, name)
        assert {endpoint.partition(".")[0] for endpoint in let_in} == {OF_PLACE[name]}


def test_what_is_closed(guarded: Flask) -> None:
    """By name, so that a mark that is lost is missed."""
    of_clients, of_resellers = (kept_back(guarded, name) for name in ACTING)
    assert {"account.confirm", "client.create_token", "client.voucher"} <= of_clients
    assert {
        "account.confirm", "reseller.view_as", "reseller.payment", "reseller.charge",
        "reseller.mail_server", "reseller.make_mail_key", "reseller.ask_hostname",
        "reseller.release_hostname", "reseller.make_primary",
        "reseller.open_sub_account", "reseller.renew_api_password", "reseller.clients_csv",
    } <= of_resellers  # fmt: skip


def test_after_a_visit_one_is_nobody(guarded: Flask, shown: dict[str, Pass]) -> None:
    for method in ("GET", "POST"):
        assert admitted(guarded, shown["the operator after a visit"], method=method) == set()
