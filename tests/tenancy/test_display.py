"""What is shown: services by what was ticked, by the view and by money; several at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from portal.tenancy.display import (
    EVERYTHING,
    LOOKED_AT,
    OF_MONEY,
    Display,
    Service,
    ServiceHidden,
    View,
    together,
)

displays = st.builds(
    Display,
    view=st.sampled_from(View),
    hidden=st.lists(st.sampled_from(Service)).map(tuple),
    money=st.booleans(),
)


def test_everything_is_shown_unless_something_else_is_said() -> None:
    assert all(EVERYTHING.shows(each) for each in Service)
    assert (EVERYTHING.refused, EVERYTHING.is_simple, EVERYTHING.money) == (
        frozenset(),
        False,
        True,
    )


@pytest.mark.parametrize("service", Service)
def test_a_service_is_hidden_by_itself(service: Service) -> None:
    display = Display(hidden=(service,))
    assert display.refused == {service}
    assert not display.is_simple


def test_a_simple_view_hides_no_service() -> None:
    display = Display(view=View.SIMPLE)
    assert (display.is_simple, display.refused) == (True, frozenset())


def test_without_services_one_looks_and_pays() -> None:
    display = Display(view=View.BARE)
    assert display.is_simple
    assert set(Service) - display.refused == LOOKED_AT


def test_what_is_hidden_stays_hidden_without_services() -> None:
    display = Display(view=View.BARE, hidden=(Service.INBOX,))
    assert not display.shows(Service.INBOX)


def test_without_money_what_consists_of_it_is_gone() -> None:
    assert Display(money=False).refused == OF_MONEY


@pytest.mark.parametrize(
    "wrong", [{"view": "tiny"}, {"hidden": ["coffee"]}, {"money": "perhaps"}, {"hidden": "send"}]
)
def test_what_is_none_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Display.model_validate(wrong)


def test_the_same_services_are_equal_in_any_order() -> None:
    twice = Display(hidden=(Service.API, Service.SEND, Service.API))
    assert twice == Display(hidden=(Service.SEND, Service.API))
    assert twice.model_dump(mode="json")["hidden"] == ["send", "api"]


def test_a_refusal_names_its_service() -> None:
    refused = ServiceHidden(Service.API)
    assert (refused.code, refused.service) == ("service_hidden", Service.API)
    assert str(refused) == "the service api is not offered to this client"


def test_nothing_cannot_be_put_together() -> None:
    with pytest.raises(ValueError, match="nothing to put together"):
        together([])


def test_several_show_what_any_of_them_shows() -> None:
    shop = Display(view=View.SIMPLE, hidden=(Service.API, Service.SEND), money=False)
    office = Display(view=View.BARE, hidden=(Service.INBOX,))
    found = together([shop, office])
    assert (found.view, found.money) == (View.SIMPLE, True)
    # Neither shows sending: the shop has hidden it, the office's view has no services.
    assert found.refused == {Service.SEND, Service.API, Service.PRICES}


@given(st.lists(displays, min_size=1, max_size=4))
def test_together_is_exactly_what_any_shows(several: list[Display]) -> None:
    found = together(several)
    for service in Service:
        assert found.shows(service) == any(each.shows(service) for each in several)
    assert found.money == any(each.money for each in several)
    assert found.is_simple == all(each.is_simple for each in several)


@given(displays)
def test_what_is_kept_is_read_again(display: Display) -> None:
    assert Display.model_validate(display.model_dump(mode="json")) == display
    assert together([display, display]).refused == display.refused


def test_several_hide_what_all_of_them_hide_of_sub_accounts() -> None:
    closed = Display(clients_edit_sub_accounts=False, credentials_hidden=True)
    assert together([closed, closed]) == closed
    assert together([closed, Display(view=View.SIMPLE)]) == Display()
    assert (Display().clients_edit_sub_accounts, Display().credentials_hidden) == (True, False)


def test_what_was_kept_before_leaves_sub_accounts_to_clients() -> None:
    kept = {"view": "simple", "hidden": ["api"], "money": False}
    found = Display.model_validate(kept)
    assert (found.clients_edit_sub_accounts, found.credentials_hidden) == (True, False)
