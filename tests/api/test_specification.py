"""The specification is valid, whole, and says nothing of the operator."""

from __future__ import annotations

import json

from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from portal.api.v1 import blueprint, problems
from tests.api.conftest import Program, Speak
from tests.cast import Cast


def test_it_is_valid(quiet: Speak, cast: Cast) -> None:
    for host in (cast.sunny_host, cast.console_host):
        answer = quiet(host=host).get("/api/v1/openapi.json")
        assert answer.status_code == 200
        assert answer.content_type == "application/json"
        OpenAPIV31SpecValidator(answer.get_json()).validate()


def test_every_operation_is_in_it(quiet_alice: Program, cast: Cast) -> None:
    app: Flask = quiet_alice.app
    routed = {
        (rule.endpoint.split(".")[1], method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("api.", "operator_api."))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    written = {
        (operation["operationId"], method.upper())
        for for_operator in (False, True)
        for path in json.loads(blueprint.written(for_operator=for_operator))["paths"].values()
        for method, operation in path.items()
    }
    assert routed == written | {("openapi", "GET")}


def test_resellers_hosts_name_nobody_above(quiet: Speak) -> None:
    text = quiet().get("/api/v1/openapi.json").text.lower()
    for word in ("operator", "ledger", "wholesale", "sunny", "cover", "cost"):
        assert word not in text, word


def test_every_refusal_can_be_met_somewhere() -> None:
    written = blueprint.written(for_operator=False) + blueprint.written(for_operator=True)
    for code in problems.REFUSALS:
        assert f"`{code}`" in written or code == "method_not_allowed", code
