"""The page of somebody's keys for programs, the same for clients, staff and the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import api_keys
from portal.accounts.actor import Actor
from portal.accounts.errors import ExpiryPassed, NameTaken, ScopeNotOwned, TooManyKeys
from portal.accounts.key_models import ApiKey
from portal.accounts.roles import Right
from portal.http.unit_of_work import session
from portal.infra import clock
from portal.infra.errors import NotFound
from portal.web.parts.key_forms import KeyForm
from portal.web.parts.pages import page
from portal.web.parts.role_words import ELSEWHERE, WORDS


@dataclass(frozen=True, kw_only=True)
class Place:
    """Whose keys they are: the name of the blueprint, and the sub-accounts a key can be for.

    The routes are called `keys`, `create_token` and `revoke_token` in each blueprint. `above` is
    the page that they are found from, if the bar does not lead to them.
    """

    blueprint: str
    sub_accounts: Mapping[int, str] = field(default_factory=dict)
    above: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class KeyRow:
    """A key as its owner sees it."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    sub_account: str
    networks: list[str]
    made_at: datetime
    used_at: datetime | None
    used_from: str
    expires_at: datetime | None
    is_expired: bool


def show(place: Place) -> Response:
    """The keys, and a form for another."""
    return _page(place, _form(place, is_sent=False))


def create(place: Place) -> Response:
    """A new key; its text is on the page that answers, and on no other."""
    form = _form(place)
    if not form.validate_on_submit():
        return _page(place, form, status=422)
    try:
        _, text = api_keys.create(
            session(),
            by=g.actor,
            name=form.name.data,
            scopes=form.chosen,
            sub_account_id=form.sub_account_id,
            networks=form.networks.networks,
            expires_at=form.expires_at,
        )
    except NameTaken:
        form.name.errors = [gettext("Another key has this name.")]
    except TooManyKeys as refused:
        form.form_errors.append(
            gettext("You have %(most)s keys already. Revoke one first.", most=refused.active_max)
        )
    except (ExpiryPassed, NotFound, ScopeNotOwned):
        form.form_errors.append(
            gettext("Things have changed since you opened the page. Load it anew and look.")
        )
    else:
        return _page(place, _form(place, is_sent=False), new_token=text)
    return _page(place, form, status=422)


def revoke(place: Place, key_id: int) -> Response:
    """End a key at once."""
    api_keys.revoke(session(), by=g.actor, key_id=key_id)
    flash(gettext("The key is revoked."), "success")
    return redirect(url_for(f"{place.blueprint}.keys"), 303)


def _form(place: Place, *, is_sent: bool = True) -> KeyForm:
    actor: Actor = g.actor
    sent = {} if is_sent else {"formdata": None}
    return KeyForm(actor.audience, place.sub_accounts, rights=actor.rights, **sent)


def _page(
    place: Place, form: KeyForm, *, status: int = 200, new_token: str | None = None
) -> Response:
    found = api_keys.listed(session(), by=g.actor)
    return page(
        "keys/list.html",
        status,
        blueprint=place.blueprint,
        above=place.above,
        rows=[_row(each, place) for each in found],
        form=form,
        new_token=new_token,
        keys_max=api_keys.ACTIVE_MAX,
    )


def _row(key: ApiKey, place: Place) -> KeyRow:
    actor: Actor = g.actor
    known = {right.value: right for right in Right}
    held = [known[each] for each in key.scopes if each in known]
    return KeyRow(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        scopes=[str(ELSEWHERE.get((actor.audience, each), WORDS[each])) for each in held],
        sub_account=place.sub_accounts.get(key.sub_account_id or 0, ""),
        networks=list(key.networks),
        made_at=key.created_at,
        used_at=key.last_used_at,
        used_from=key.last_used_from,
        expires_at=key.expires_at,
        is_expired=key.expires_at is not None and key.expires_at <= clock.now(),
    )
