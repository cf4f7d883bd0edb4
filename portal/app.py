"""The one place where the parts are wired together."""

from __future__ import annotations

import os

from flask import Flask
from flask.typing import ResponseReturnValue

from portal.api.v1 import blueprint as interface
from portal.callbacks import blueprint as callbacks
from portal.http import (
    actor,
    errors,
    health,
    language,
    limits,
    reauthentication,
    request_ids,
    security,
    tenant,
    tls_ask,
    unit_of_work,
    visiting,
    wiring,
)
from portal.http.tenants import Tenants
from portal.infra import installed_themes
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.templates import ThemedEnvironment, ThemeRegistry
from portal.infra.vault import Vault
from portal.web.account import blueprint as account_pages
from portal.web.client import blueprint as client_pages
from portal.web.parts import pages
from portal.web.public import blueprint as public_pages
from portal.web.reseller import blueprint as reseller_pages
from portal.web.till import blueprint as operator_pages

BLUEPRINTS = (
    public_pages,
    account_pages,
    client_pages,
    reseller_pages,
    operator_pages,
    interface.CLIENTS,
    interface.OPERATOR,
    callbacks,
)


class Portal(Flask):
    """Flask, but that a request's work is committed before its answer is finished."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Call the view and settle its work, so that what fails then is an answer as well."""
        call_view = super().dispatch_request
        return unit_of_work.done(lambda: visiting.note(self.make_response(call_view())))


def create_app(settings: Settings, *, database: Database | None = None) -> Flask:
    """The application over this database, or over the one that the settings name.

    Raises:
        DatabaseUnfit: the database is not reachable, or its role could see all rows.
        BrokenTheme: a theme cannot be used, by file and line.
    """
    if database is None:
        database = Database(settings.database_url)
        database.open()
    app = Portal("portal", static_folder=None, template_folder=None)
    limits.limit(app)
    security.protect(app, settings)
    language.translate(app)
    actor.recognise_with(app)
    wiring.attach(app, _wiring(settings, database))
    _order_of_a_request(app)
    errors.register(app, page=pages.error_page)
    health.register(app)
    tls_ask.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    actor.refuse_unmarked(app)
    return app


def create_wsgi() -> Flask:
    """The application of a process whose environment has the settings.

    Raises:
        SettingError: a setting is wrong.
        DatabaseUnfit: see `create_app`.
        BrokenTheme: see `create_app`.
    """
    return create_app(Settings.from_environment(os.environ))


def prepare(settings: Settings) -> None:
    """Do once, before a process divides, what each of its parts would do: compile all pages.

    Raises:
        BrokenTheme: a theme cannot be used, by file and line.
    """
    installed_themes.look_in(settings.data_dir)
    installed_themes.take_over_code(secret=settings.secret)
    _themes_of(settings)
    installed_themes.leave_code(secret=settings.secret)


def _wiring(settings: Settings, database: Database) -> wiring.Wiring:
    installed_themes.look_in(settings.data_dir)
    themes, templates = _themes_of(settings)
    return wiring.Wiring(
        settings=settings,
        database=database,
        vault=Vault(settings.secret),
        themes=themes,
        templates=templates,
        tenants=Tenants(database),
    )


def _themes_of(settings: Settings) -> tuple[ThemeRegistry, ThemedEnvironment]:
    themes = ThemeRegistry(installed_themes.themes(), watching=settings.watch_themes)
    templates = pages.base_environment()
    for name in themes.names:
        themes.environment_for(name, templates)  # a broken page is found now, not by its reader
    return themes, templates


def _order_of_a_request(app: Flask) -> None:
    """What is asked of every request before its view, in this order, and put on every answer."""
    app.before_request(request_ids.begin)
    app.before_request(limits.refuse_unreadable)
    app.before_request(tenant.gate(nowhere=pages.nowhere))
    app.before_request(limits.refuse_unstorable)
    app.before_request(tenant.lead_on)
    app.before_request(security.refuse_other_sites)
    app.before_request(security.refuse_twice_signed_in)
    app.before_request(actor.recognise)
    app.before_request(actor.admit)
    app.before_request(security.refuse_forged)
    app.before_request(reauthentication.insist)
    # Flask calls these from the last to the first.
    app.after_request(request_ids.tell)
    app.after_request(security.harden)
    app.after_request(language.remember)
    app.after_request(security.bring_cookies)
    app.after_request(actor.bring_cookie)
    app.teardown_request(unit_of_work.close)
