"""Whom each route is for, a table that new routes have to be entered in; and who tries them all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from portal.accounts.roles import (
    AUDIENCES,
    CLOSED_ON_VISITS,
    RIGHTS,
    VIEW_ONLY,
    VISITING,
    Audience,
    Right,
    Role,
)


class Open(Enum):
    """What a route asks for where it asks for no right."""

    TO_ALL = auto()
    TO_THE_AUDIENCE = auto()
    TO_THEMSELVES = auto()
    """As before, but to nobody who is in another's place."""


Asks = Right | Open


class Outcome(Enum):
    """What becomes of a request before its view is called."""

    ADMITTED = auto()
    SIGN_IN = auto()
    NO_KEY = auto()
    FORBIDDEN = auto()
    NOT_THERE = auto()


@dataclass(frozen=True)
class Door:
    """Routes that are for the same people, or for programs."""

    routes: dict[str, tuple[str, Asks]]
    audience: Audience | None = None
    for_programs: bool = False


GET, POST, BOTH = "GET", "POST", "GET POST"

DOORS = (
    Door(
        {
            "healthz": (GET, Open.TO_ALL),
            "readyz": (GET, Open.TO_ALL),
            "tls_ask": (GET, Open.TO_ALL),
            "hooks.report": (BOTH, Open.TO_ALL),
            "hooks.receive": (BOTH, Open.TO_ALL),
            "hooks.stripe": (POST, Open.TO_ALL),
            "hooks.paypal": (POST, Open.TO_ALL),
            "api.openapi": (GET, Open.TO_ALL),
            "public.static_file": (GET, Open.TO_ALL),
            "public.brand_sheet": (GET, Open.TO_ALL),
            "public.media": (GET, Open.TO_ALL),
            "public.photo": (GET, Open.TO_ALL),
            "public.favicon": (GET, Open.TO_ALL),
            "public.brand_preview": (GET, Open.TO_ALL),
            "public.brand_sample": (GET, Open.TO_ALL),
            "public.brand_draft_sheet": (GET, Open.TO_ALL),
            "public.home": (GET, Open.TO_ALL),
            "public.language": (POST, Open.TO_ALL),
            "public.stop_viewing_as": (POST, Open.TO_ALL),
            "public.login": (BOTH, Open.TO_ALL),
            "public.logout": (POST, Open.TO_ALL),
            "public.second_step": (BOTH, Open.TO_ALL),
            "public.ask_for_passkey": (POST, Open.TO_ALL),
            "public.login_by_passkey": (POST, Open.TO_ALL),
            "public.reset_request": (BOTH, Open.TO_ALL),
            "public.reset": (BOTH, Open.TO_ALL),
            "public.join": (BOTH, Open.TO_ALL),
            "public.signup": (BOTH, Open.TO_ALL),
            "public.signup_done": (GET, Open.TO_ALL),
            "public.signup_again": (BOTH, Open.TO_ALL),
            "public.signup_confirm": (BOTH, Open.TO_ALL),
            "public.approve": (BOTH, Open.TO_ALL),
            "public.written_page": (GET, Open.TO_ALL),
            "public.visit": (BOTH, Open.TO_ALL),
            "public.login_link": (BOTH, Open.TO_ALL),
            "public.direct_login": (POST, Open.TO_ALL),
            "public.continue_direct_login": (BOTH, Open.TO_ALL),
        }
    ),
    Door(
        {
            "account.confirm": (BOTH, Open.TO_THEMSELVES),
            "account.profile": (BOTH, Open.TO_THEMSELVES),
            "account.password": (BOTH, Open.TO_THEMSELVES),
            "account.email": (BOTH, Open.TO_THEMSELVES),
            "account.confirm_email": (BOTH, Open.TO_ALL),
            "account.sessions": (GET, Open.TO_THEMSELVES),
            "account.end_session": (POST, Open.TO_THEMSELVES),
            "account.end_other_sessions": (POST, Open.TO_THEMSELVES),
            "account.second_step": (GET, Open.TO_THEMSELVES),
            "account.begin_second_step": (POST, Open.TO_THEMSELVES),
            "account.set_up_second_step": (BOTH, Open.TO_THEMSELVES),
            "account.renew_codes": (POST, Open.TO_THEMSELVES),
            "account.turn_off_second_step": (POST, Open.TO_THEMSELVES),
            "account.passkeys": (GET, Open.TO_THEMSELVES),
            "account.passkey_challenge": (POST, Open.TO_THEMSELVES),
            "account.add_passkey": (POST, Open.TO_THEMSELVES),
            "account.rename_passkey": (POST, Open.TO_THEMSELVES),
            "account.remove_passkey": (POST, Open.TO_THEMSELVES),
        }
    ),
    Door(
        {
            "client.dashboard": (GET, Open.TO_THE_AUDIENCE),
            "client.account": (GET, Open.TO_THE_AUDIENCE),
            "client.activity": (GET, Right.ACTIVITY_READ),
            "client.activity_file": (GET, Right.ACTIVITY_READ),
            "client.privacy": (GET, Right.PEOPLE_MANAGE),
            "client.ask_for_copy": (POST, Right.PEOPLE_MANAGE),
            "client.fetch_copy": (GET, Right.PEOPLE_MANAGE),
            "client.create_token": (POST, Right.KEYS_MANAGE),
            "client.revoke_token": (POST, Right.KEYS_MANAGE),
            "client.ask": (BOTH, Open.TO_THEMSELVES),
            "client.keys": (GET, Right.KEYS_MANAGE),
            "client.sub_accounts_list": (GET, Right.SUB_ACCOUNTS_MANAGE),
            "client.open_sub_account": (POST, Right.SUB_ACCOUNTS_MANAGE),
            "client.sub_account": (BOTH, Right.SUB_ACCOUNTS_MANAGE),
            "client.renew_api_password": (POST, Right.SUB_ACCOUNTS_MANAGE),
            "client.messages": (GET, Right.MESSAGES_READ),
            "client.message": (GET, Right.MESSAGES_READ),
            "client.inbox": (GET, Right.MESSAGES_READ),
            "client.send": (BOTH, Right.MESSAGES_SEND),
            "client.estimate": (POST, Right.MESSAGES_SEND),
            "client.statement": (GET, Right.WALLET_READ),
            "client.statement_file": (GET, Right.WALLET_READ),
            "client.statement_pdf": (GET, Right.WALLET_READ),
            "client.make_statement_pdf": (POST, Right.WALLET_READ),
            "client.statement_mail": (POST, Right.WALLET_PAY),
            "client.invoices": (GET, Right.PAYMENTS_READ),
            "client.invoice": (GET, Right.PAYMENTS_READ),
            "client.invoice_pdf": (GET, Right.PAYMENTS_READ),
            "client.voucher": (BOTH, Right.WALLET_PAY),
            "client.trial": (BOTH, Right.WALLET_PAY),
            "client.trial_code": (BOTH, Right.WALLET_PAY),
            "client.deposit": (GET, Right.WALLET_PAY),
            "client.start_deposit": (POST, Right.WALLET_PAY),
            "client.bank_transfer": (GET, Right.WALLET_PAY),
            "client.start_transfer": (POST, Right.WALLET_PAY),
            "client.top_up": (GET, Right.WALLET_PAY),
            "client.change_top_up": (POST, Right.WALLET_PAY),
            "client.stop_top_up": (POST, Right.WALLET_PAY),
            "client.remove_card": (POST, Right.WALLET_PAY),
            "client.own_deposits": (GET, Right.PAYMENTS_READ),
            "client.own_deposit": (GET, Right.WALLET_PAY),
            "client.usage": (GET, Open.TO_THE_AUDIENCE),
            "client.usage_file": (GET, Open.TO_THE_AUDIENCE),
            "client.prices": (GET, Right.PRICES_READ),
            "client.ask_for_country": (POST, Right.MESSAGES_SEND),
            "client.prepaid_parts": (BOTH, Right.QUOTAS_MANAGE),
            "client.people": (GET, Right.PEOPLE_MANAGE),
            "client.invite_person": (BOTH, Right.PEOPLE_MANAGE),
            "client.person": (BOTH, Right.PEOPLE_MANAGE),
            "client.act_on_person": (POST, Right.PEOPLE_MANAGE),
            "client.take_off_second_step": (POST, Right.PEOPLE_MANAGE),
            "client.roles": (GET, Open.TO_THE_AUDIENCE),
        },
        audience=Audience.CLIENT,
    ),
    Door(
        {
            "reseller.dashboard": (GET, Right.CLIENTS_READ),
            "reseller.activity": (GET, Right.ACTIVITY_READ),
            "reseller.activity_file": (GET, Right.ACTIVITY_READ),
            "reseller.client_copies": (GET, Right.CLIENTS_MANAGE),
            "reseller.ask_for_client_copy": (POST, Right.CLIENTS_MANAGE),
            "reseller.fetch_client_copy": (GET, Right.CLIENTS_MANAGE),
            "reseller.retention": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.clients": (GET, Right.CLIENTS_READ),
            "reseller.client": (GET, Right.CLIENTS_READ),
            "reseller.clients_csv": (GET, Right.CLIENTS_READ),
            "reseller.clients_xlsx": (GET, Right.CLIENTS_READ),
            "reseller.preview_bulk": (POST, Right.CLIENTS_MANAGE),
            "reseller.carry_out_bulk": (POST, Right.CLIENTS_MANAGE),
            "reseller.new_client": (BOTH, Right.CLIENTS_MANAGE),
            "reseller.delete_client": (BOTH, Right.CLIENTS_ERASE),
            "reseller.client_wallet": (GET, Right.WALLET_READ),
            "reseller.client_numbers": (GET, Right.CLIENTS_READ),
            "reseller.client_messages": (GET, Right.MESSAGES_READ),
            "reseller.client_activity": (GET, Right.ACTIVITY_READ),
            "reseller.client_notes": (GET, Right.CLIENTS_READ),
            "reseller.add_note": (POST, Right.CLIENTS_MANAGE),
            "reseller.pin_note": (POST, Right.CLIENTS_MANAGE),
            "reseller.unpin_note": (POST, Right.CLIENTS_MANAGE),
            "reseller.remove_note": (POST, Right.CLIENTS_MANAGE),
            "reseller.client_sub_accounts": (GET, Right.CLIENTS_READ),
            "reseller.client_sub_account": (GET, Right.CLIENTS_READ),
            "reseller.change_sub_account": (POST, Right.CLIENTS_MANAGE),
            "reseller.change_package": (POST, Right.CLIENTS_MANAGE),
            "reseller.connect_to_sub_account": (POST, Right.CLIENTS_MANAGE),
            "reseller.disconnect_from_sub_account": (POST, Right.CLIENTS_MANAGE),
            "reseller.renew_api_password": (POST, Right.CLIENTS_MANAGE),
            "reseller.close_sub_account": (POST, Right.CLIENTS_MANAGE),
            "reseller.reopen_sub_account": (POST, Right.CLIENTS_MANAGE),
            "reseller.country_requests": (GET, Right.CLIENTS_READ),
            "reseller.sign_ups": (GET, Right.CLIENTS_READ),
            "reseller.activate_sign_ups": (POST, Right.CLIENTS_MANAGE),
            "reseller.refuse_sign_ups": (POST, Right.CLIENTS_MANAGE),
            "reseller.admission": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.trial": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.try_admission": (POST, Right.SETTINGS_MANAGE),
            "reseller.open_country_for_client": (POST, Right.CLIENTS_MANAGE),
            "reseller.open_country_for_all": (POST, Right.CLIENTS_MANAGE),
            "reseller.decline_country": (POST, Right.CLIENTS_MANAGE),
            "reseller.activate": (POST, Right.CLIENTS_MANAGE),
            "reseller.balance_management": (POST, Right.MONEY_POST),
            "reseller.low_balance": (POST, Right.CLIENTS_MANAGE),
            "reseller.client_statement": (GET, Right.WALLET_READ),
            "reseller.client_statement_file": (GET, Right.WALLET_READ),
            "reseller.client_statement_pdf": (GET, Right.WALLET_READ),
            "reseller.make_client_statement_pdf": (POST, Right.WALLET_READ),
            "reseller.client_statement_mail": (POST, Right.CLIENTS_MANAGE),
            "reseller.stop_client_top_up": (POST, Right.CLIENTS_MANAGE),
            "reseller.move_money": (BOTH, Right.MONEY_POST),
            "reseller.client_data": (BOTH, Right.CLIENTS_MANAGE),
            "reseller.client_sending": (GET, Right.CLIENTS_READ),
            "reseller.client_countries": (POST, Right.CLIENTS_MANAGE),
            "reseller.client_daily_limit": (POST, Right.CLIENTS_MANAGE),
            "reseller.approve_sender": (POST, Right.CLIENTS_MANAGE),
            "reseller.withdraw_sender": (POST, Right.CLIENTS_MANAGE),
            "reseller.lift": (POST, Right.CLIENTS_MANAGE),
            "reseller.open_sub_account": (POST, Right.CLIENTS_MANAGE),
            "reseller.refuse": (POST, Right.CLIENTS_MANAGE),
            "reseller.suspend": (POST, Right.CLIENTS_MANAGE),
            "reseller.take_refusal_back": (POST, Right.CLIENTS_MANAGE),
            "reseller.charge": (POST, Right.MONEY_POST),
            "reseller.payment": (POST, Right.MONEY_POST),
            "reseller.reverse": (BOTH, Right.MONEY_POST),
            "reseller.view_as": (POST, Right.CLIENTS_VIEW_AS),
            "reseller.messages": (GET, Right.MESSAGES_READ),
            "reseller.message": (GET, Right.MESSAGES_READ),
            "reseller.inbox": (GET, Right.MESSAGES_READ),
            "reseller.mails": (GET, Right.MAILS_READ),
            "reseller.mail_written": (GET, Right.MAILS_READ),
            "reseller.mail_frame": (GET, Right.MAILS_READ),
            "reseller.repeat_mail": (POST, Right.CLIENTS_MANAGE),
            "reseller.hasten_mail": (POST, Right.CLIENTS_MANAGE),
            "reseller.mail": (GET, Right.SETTINGS_MANAGE),
            "reseller.mail_sender": (POST, Right.SETTINGS_MANAGE),
            "reseller.mail_server": (POST, Right.SETTINGS_MANAGE),
            "reseller.remove_mail_server": (POST, Right.SETTINGS_MANAGE),
            "reseller.send_test_mail": (POST, Right.SETTINGS_MANAGE),
            "reseller.make_mail_key": (POST, Right.SETTINGS_MANAGE),
            "reseller.check_mail_key": (POST, Right.SETTINGS_MANAGE),
            "reseller.numbers": (GET, Right.CLIENTS_READ),
            "reseller.number": (GET, Right.CLIENTS_READ),
            "reseller.connect_number": (POST, Right.CLIENTS_MANAGE),
            "reseller.disconnect_number": (POST, Right.CLIENTS_MANAGE),
            "reseller.cover": (GET, Right.WALLET_READ),
            "reseller.cover_threshold": (POST, Right.MONEY_POST),
            "reseller.cover_top_up": (GET, Right.MONEY_POST),
            "reseller.start_cover_top_up": (POST, Right.MONEY_POST),
            "reseller.cover_transfer": (GET, Right.MONEY_POST),
            "reseller.start_cover_transfer": (POST, Right.MONEY_POST),
            "reseller.cover_payments": (GET, Right.WALLET_READ),
            "reseller.cover_payment": (GET, Right.WALLET_READ),
            "reseller.cover_invoices": (GET, Right.WALLET_READ),
            "reseller.cover_invoice": (GET, Right.WALLET_READ),
            "reseller.cover_invoice_pdf": (GET, Right.WALLET_READ),
            "reseller.quotas": (GET, Right.WALLET_READ),
            "reseller.top_up_quotas": (POST, Right.MONEY_POST),
            "reseller.set_quota_mode": (POST, Right.MONEY_POST),
            "reseller.payments": (GET, Right.SETTINGS_MANAGE),
            "reseller.stripe_account": (POST, Right.SETTINGS_MANAGE),
            "reseller.test_stripe": (POST, Right.SETTINGS_MANAGE),
            "reseller.pause_stripe": (POST, Right.SETTINGS_MANAGE),
            "reseller.remove_stripe": (POST, Right.SETTINGS_MANAGE),
            "reseller.payment_secrets": (POST, Right.SETTINGS_MANAGE),
            "reseller.paypal_account": (POST, Right.SETTINGS_MANAGE),
            "reseller.test_paypal": (POST, Right.SETTINGS_MANAGE),
            "reseller.pause_paypal": (POST, Right.SETTINGS_MANAGE),
            "reseller.remove_paypal": (POST, Right.SETTINGS_MANAGE),
            "reseller.bank_account": (GET, Right.SETTINGS_MANAGE),
            "reseller.change_bank_account": (POST, Right.SETTINGS_MANAGE),
            "reseller.pause_bank_account": (POST, Right.SETTINGS_MANAGE),
            "reseller.remove_bank_account": (POST, Right.SETTINGS_MANAGE),
            "reseller.transfers_list": (GET, Right.WALLET_READ),
            "reseller.transfer": (GET, Right.WALLET_READ),
            "reseller.confirm_transfer": (POST, Right.MONEY_POST),
            "reseller.call_off_transfer": (POST, Right.MONEY_POST),
            "reseller.statements": (GET, Right.WALLET_READ),
            "reseller.import_statement": (POST, Right.MONEY_POST),
            "reseller.statement": (GET, Right.WALLET_READ),
            "reseller.statement_columns": (GET, Right.MONEY_POST),
            "reseller.name_columns": (POST, Right.MONEY_POST),
            "reseller.open_lines": (GET, Right.WALLET_READ),
            "reseller.bank_line": (GET, Right.WALLET_READ),
            "reseller.book_line": (POST, Right.MONEY_POST),
            "reseller.ignore_line": (POST, Right.MONEY_POST),
            "reseller.undo_line": (POST, Right.MONEY_POST),
            "reseller.deposit_rules": (POST, Right.SETTINGS_MANAGE),
            "reseller.payment_events": (GET, Right.WALLET_READ),
            "reseller.replay_event": (POST, Right.MONEY_POST),
            "reseller.deposits_list": (GET, Right.WALLET_READ),
            "reseller.invoice_settings": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.invoices": (GET, Right.WALLET_READ),
            "reseller.invoices_csv": (GET, Right.WALLET_READ),
            "reseller.invoice": (GET, Right.WALLET_READ),
            "reseller.invoice_pdf": (GET, Right.WALLET_READ),
            "reseller.deposit": (GET, Right.WALLET_READ),
            "reseller.refund_deposit": (POST, Right.MONEY_POST),
            "reseller.check_deposit": (POST, Right.MONEY_POST),
            "reseller.vouchers": (GET, Right.WALLET_READ),
            "reseller.vouchers_csv": (GET, Right.WALLET_READ),
            "reseller.create_vouchers": (POST, Right.MONEY_POST),
            "reseller.withdraw_voucher": (POST, Right.MONEY_POST),
            "reseller.receivables": (GET, Right.WALLET_READ),
            "reseller.receivables_csv": (GET, Right.WALLET_READ),
            "reseller.packages": (GET, Right.PRICES_READ),
            "reseller.package": (GET, Right.PRICES_READ),
            "reseller.below_cost": (GET, Right.PRICES_READ),
            "reseller.new_package": (BOTH, Right.PRICES_MANAGE),
            "reseller.edit_package": (BOTH, Right.PRICES_MANAGE),
            "reseller.default_fees": (BOTH, Right.PRICES_MANAGE),
            "reseller.rename_package": (POST, Right.PRICES_MANAGE),
            "reseller.close_package": (POST, Right.PRICES_MANAGE),
            "reseller.assign_package": (BOTH, Right.CLIENTS_MANAGE),
            "reseller.try_version": (GET, Right.PRICES_READ),
            "reseller.try_package": (POST, Right.PRICES_MANAGE),
            "reseller.settings": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.texts": (GET, Right.SETTINGS_MANAGE),
            "reseller.text": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.text_frame": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.try_text": (POST, Right.SETTINGS_MANAGE),
            "reseller.restore_text": (POST, Right.SETTINGS_MANAGE),
            "reseller.welcome_text": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.wording": (GET, Right.SETTINGS_MANAGE),
            "reseller.offer_languages": (POST, Right.SETTINGS_MANAGE),
            "reseller.wording_part": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.restore_wording": (POST, Right.SETTINGS_MANAGE),
            "reseller.welcome_frame": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.welcome_picture": (POST, Right.SETTINGS_MANAGE),
            "reseller.pages": (GET, Right.SETTINGS_MANAGE),
            "reseller.choose_consent": (POST, Right.SETTINGS_MANAGE),
            "reseller.page_text": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.page_version": (GET, Right.SETTINGS_MANAGE),
            "reseller.page_frame": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.page_picture": (POST, Right.SETTINGS_MANAGE),
            "reseller.display": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.display_example": (POST, Right.SETTINGS_MANAGE),
            "reseller.access": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.keys": (GET, Right.KEYS_MANAGE),
            "reseller.create_token": (POST, Right.KEYS_MANAGE),
            "reseller.revoke_token": (POST, Right.KEYS_MANAGE),
            "reseller.make_login_secret": (POST, Right.LOGIN_LINKS_MAKE),
            "reseller.revoke_login_secret": (POST, Right.LOGIN_LINKS_MAKE),
            "reseller.access_code_svg": (GET, Right.SETTINGS_MANAGE),
            "reseller.access_code_png": (GET, Right.SETTINGS_MANAGE),
            "reseller.brand": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.brand_picture": (POST, Right.SETTINGS_MANAGE),
            "reseller.discard_brand": (POST, Right.SETTINGS_MANAGE),
            "reseller.restore_brand": (POST, Right.SETTINGS_MANAGE),
            "reseller.hostnames": (GET, Right.SETTINGS_MANAGE),
            "reseller.ask_hostname": (POST, Right.SETTINGS_MANAGE),
            "reseller.hostname": (GET, Right.SETTINGS_MANAGE),
            "reseller.check_hostname": (POST, Right.SETTINGS_MANAGE),
            "reseller.make_primary": (POST, Right.SETTINGS_MANAGE),
            "reseller.release_hostname": (BOTH, Right.SETTINGS_MANAGE),
            "reseller.client_people": (GET, Right.CLIENTS_READ),
            "reseller.client_roles": (GET, Right.CLIENTS_READ),
            "reseller.invite_client_person": (BOTH, Right.CLIENTS_MANAGE),
            "reseller.client_person": (BOTH, Right.CLIENTS_MANAGE),
            "reseller.act_on_client_person": (POST, Right.CLIENTS_MANAGE),
            "reseller.take_off_client_second_step": (POST, Right.CLIENTS_MANAGE),
            "reseller.staff": (GET, Right.PEOPLE_MANAGE),
            "reseller.invite_staff": (BOTH, Right.PEOPLE_MANAGE),
            "reseller.staff_person": (BOTH, Right.PEOPLE_MANAGE),
            "reseller.act_on_staff": (POST, Right.PEOPLE_MANAGE),
            "reseller.take_off_second_step": (POST, Right.PEOPLE_MANAGE),
            "reseller.roles": (GET, Open.TO_THE_AUDIENCE),
            "reseller.rates": (GET, Right.PRICES_READ),
            "reseller.export_rates": (GET, Right.PRICES_READ),
            "reseller.edit_rate": (BOTH, Right.PRICES_MANAGE),
            "reseller.import_rates": (BOTH, Right.PRICES_MANAGE),
            "reseller.rate_draft": (BOTH, Right.PRICES_MANAGE),
        },
        audience=Audience.RESELLER,
    ),
    Door(
        {
            "operator.activity": (GET, Right.ACTIVITY_READ),
            "operator.activity_file": (GET, Right.ACTIVITY_READ),
            "operator.payments": (GET, Right.SETTINGS_MANAGE),
            "operator.bank_account": (GET, Right.SETTINGS_MANAGE),
            "operator.payment_events": (GET, Right.WALLET_READ),
            "operator.deposits_list": (GET, Right.WALLET_READ),
            "operator.deposit": (GET, Right.WALLET_READ),
            "operator.transfers_list": (GET, Right.WALLET_READ),
            "operator.transfer": (GET, Right.WALLET_READ),
            "operator.statements": (GET, Right.WALLET_READ),
            "operator.import_statement": (POST, Right.MONEY_POST),
            "operator.statement": (GET, Right.WALLET_READ),
            "operator.statement_columns": (GET, Right.MONEY_POST),
            "operator.name_columns": (POST, Right.MONEY_POST),
            "operator.open_lines": (GET, Right.WALLET_READ),
            "operator.bank_line": (GET, Right.WALLET_READ),
            "operator.book_line": (POST, Right.MONEY_POST),
            "operator.ignore_line": (POST, Right.MONEY_POST),
            "operator.undo_line": (POST, Right.MONEY_POST),
            "operator.invoices": (GET, Right.WALLET_READ),
            "operator.invoices_csv": (GET, Right.WALLET_READ),
            "operator.invoice": (GET, Right.WALLET_READ),
            "operator.invoice_pdf": (GET, Right.WALLET_READ),
            "operator.stripe_account": (POST, Right.SETTINGS_MANAGE),
            "operator.test_stripe": (POST, Right.SETTINGS_MANAGE),
            "operator.pause_stripe": (POST, Right.SETTINGS_MANAGE),
            "operator.remove_stripe": (POST, Right.SETTINGS_MANAGE),
            "operator.payment_secrets": (POST, Right.SETTINGS_MANAGE),
            "operator.paypal_account": (POST, Right.SETTINGS_MANAGE),
            "operator.test_paypal": (POST, Right.SETTINGS_MANAGE),
            "operator.pause_paypal": (POST, Right.SETTINGS_MANAGE),
            "operator.remove_paypal": (POST, Right.SETTINGS_MANAGE),
            "operator.change_bank_account": (POST, Right.SETTINGS_MANAGE),
            "operator.pause_bank_account": (POST, Right.SETTINGS_MANAGE),
            "operator.remove_bank_account": (POST, Right.SETTINGS_MANAGE),
            "operator.deposit_rules": (POST, Right.SETTINGS_MANAGE),
            "operator.replay_event": (POST, Right.MONEY_POST),
            "operator.refund_deposit": (POST, Right.MONEY_POST),
            "operator.check_deposit": (POST, Right.MONEY_POST),
            "operator.confirm_transfer": (POST, Right.MONEY_POST),
            "operator.call_off_transfer": (POST, Right.MONEY_POST),
            "operator.invoice_settings": (BOTH, Right.SETTINGS_MANAGE),
            "operator.exposure": (GET, Right.RESELLERS_READ),
            "operator.exposure_csv": (GET, Right.RESELLERS_READ),
            "operator.reverse_top_up": (BOTH, Right.MONEY_POST),
            "operator.gateways": (GET, Right.GATEWAYS_READ),
            "operator.ledger": (GET, Right.LEDGER_READ),
            "operator.prove": (POST, Right.LEDGER_READ),
            "operator.resellers": (GET, Right.RESELLERS_READ),
            "operator.reseller": (GET, Right.RESELLERS_READ),
            "operator.keys": (GET, Right.KEYS_MANAGE),
            "operator.create_token": (POST, Right.KEYS_MANAGE),
            "operator.revoke_token": (POST, Right.KEYS_MANAGE),
            "operator.visit": (POST, Right.RESELLERS_VIEW_AS),
            "operator.top_up": (POST, Right.MONEY_POST),
            "operator.cover_limit": (POST, Right.RESELLERS_MANAGE),
            "operator.numbers": (GET, Right.RESELLERS_READ),
            "operator.add_number": (POST, Right.RESELLERS_MANAGE),
            "operator.end_number": (POST, Right.RESELLERS_MANAGE),
            "operator.resume": (POST, Right.RESELLERS_MANAGE),
            "operator.suspend": (POST, Right.RESELLERS_MANAGE),
            "operator.reseller_leaks": (GET, Right.RESELLERS_MANAGE),
            "operator.look_for_leaks": (POST, Right.RESELLERS_MANAGE),
            "operator.hostnames": (GET, Right.RESELLERS_READ),
            "operator.hostname_limits": (POST, Right.RESELLERS_MANAGE),
            "operator.release_hostname": (POST, Right.RESELLERS_MANAGE),
            "operator.themes": (BOTH, Right.RESELLERS_MANAGE),
            "operator.staff": (GET, Right.PEOPLE_MANAGE),
            "operator.invite_staff": (BOTH, Right.PEOPLE_MANAGE),
            "operator.staff_person": (BOTH, Right.PEOPLE_MANAGE),
            "operator.act_on_staff": (POST, Right.PEOPLE_MANAGE),
            "operator.take_off_second_step": (POST, Right.PEOPLE_MANAGE),
            "operator.roles": (GET, Open.TO_THE_AUDIENCE),
            "operator.staff_rules": (BOTH, Right.PEOPLE_MANAGE),
            "operator.rates": (GET, Right.RESELLERS_READ),
            "operator.export_rates": (GET, Right.RESELLERS_READ),
            "operator.edit_rate": (BOTH, Right.RESELLERS_MANAGE),
            "operator.import_rates": (BOTH, Right.RESELLERS_MANAGE),
            "operator.rate_draft": (BOTH, Right.RESELLERS_MANAGE),
        },
        audience=Audience.OPERATOR,
    ),
    Door(
        {
            "api.get_balance": (GET, Right.WALLET_READ),
            "api.list_prices": (GET, Right.PRICES_READ),
            "api.send_message": (POST, Right.MESSAGES_SEND),
            "api.list_messages": (GET, Right.MESSAGES_READ),
            "api.get_message": (GET, Right.MESSAGES_READ),
            "api.list_inbound_messages": (GET, Right.MESSAGES_READ),
            "api.list_numbers": (GET, Right.MESSAGES_READ),
            "api.make_login_link": (POST, Right.LOGIN_LINKS_MAKE),
            "api.add_payment": (POST, Right.MONEY_POST),
            "api.add_charge": (POST, Right.MONEY_POST),
            "api.change_quotas": (POST, Right.MONEY_POST),
        },
        for_programs=True,
    ),
    Door(
        {"operator_api.export_ledger": (GET, Right.LEDGER_READ)},
        audience=Audience.OPERATOR,
        for_programs=True,
    ),
)
ROUTES = {
    endpoint: (door, methods, asks)
    for door in DOORS
    for endpoint, (methods, asks) in door.routes.items()
}


REFUSED_INSIDE = {
    ("tls_ask", "sunny"): 404,  # it answers programs on this machine only
    ("tls_ask", "harbour"): 404,
    ("tls_ask", "console"): 404,
    ("public.written_page", "console"): 404,  # the console has no pages of its own
    ("public.signup", "console"): 404,  # nobody signs up with the operator
    ("public.signup_done", "console"): 404,
    ("public.signup_again", "console"): 404,
    ("public.signup_confirm", "console"): 404,
    ("public.approve", "console"): 404,  # nor does the console let clients in
    ("public.login_link", "sunny"): 410,  # without its token a link is none that works
    ("public.login_link", "harbour"): 410,
    ("public.login_link", "console"): 404,  # nobody enters the console by one
    ("api.get_balance", "a key of staff"): 403,  # staff have no wallet of their own
    ("api.get_balance", "a key of the operator"): 403,
    ("api.list_prices", "a key of staff"): 403,  # nor prices
}
"""Routes whose view itself refuses some whom the door lets in: by host, or by visitor."""


class Badge(Enum):
    """What somebody shows: a cookie, a key, or nothing that holds here."""

    NONE = auto()
    COOKIE = auto()
    KEY = auto()


@dataclass(frozen=True)
class Visitor:
    """Somebody who tries every route, at one host."""

    badge: Badge
    host: str = "sunny"
    audience: Audience | None = None
    rights: frozenset[Right] = frozenset()
    in_place: bool = False
    """Whether they are in another's place."""
    looks_only: bool = False


def person(role: Role, host: str) -> Visitor:
    """Somebody of this role in a browser."""
    return Visitor(Badge.COOKIE, host, AUDIENCES[role], RIGHTS[role])


def key(role: Role, *scopes: Right, host: str = "sunny") -> Visitor:
    """A key that somebody of this role has made, for these or for all of their rights."""
    rights = RIGHTS[role] & set(scopes) if scopes else RIGHTS[role]
    return Visitor(Badge.KEY, host, AUDIENCES[role], rights)


NOBODY = Visitor(Badge.NONE)
OWNER = RIGHTS[Role.OWNER]

VISITORS = {
    "nobody": NOBODY,
    "nobody at the console": Visitor(Badge.NONE, "console"),
    "a client that waits": NOBODY,  # though it has a cookie: its session is none
    "a client that was refused": NOBODY,
    "a suspended client": person(Role.OWNER, "sunny"),
    "the owner": person(Role.OWNER, "sunny"),
    "the power user": person(Role.POWER, "sunny"),
    "the user": person(Role.USER, "sunny"),
    "the reader": person(Role.READER, "sunny"),
    "the bookkeeper": person(Role.BILLING, "sunny"),
    "the limited reader": person(Role.READER, "sunny"),
    "somebody invited": NOBODY,  # though it has a cookie, as those that follow
    "somebody disabled": NOBODY,
    "somebody removed": NOBODY,
    "the owner at another reseller": Visitor(Badge.NONE, "harbour"),
    "the owner at the console": Visitor(Badge.NONE, "console"),
    "the owner after a new password": NOBODY,
    "the owner after signing out": NOBODY,
    "a key for everything": key(Role.OWNER),
    "a key for the balance": key(Role.OWNER, Right.WALLET_READ),
    "a key for reading messages": key(Role.OWNER, Right.MESSAGES_READ),
    "a key for one sub-account": key(Role.OWNER),
    "a key of somebody who lost the right": key(Role.BILLING),
    "a key at another reseller": Visitor(Badge.NONE, "harbour"),
    "a key at the console": Visitor(Badge.NONE, "console"),
    "a revoked key": NOBODY,
    "a key of a client that was refused": NOBODY,
    "a key of staff": key(Role.STAFF_OWNER),
    "a key of the operator": key(Role.OPERATOR_OWNER, host="console"),
    "a key of the operator at a reseller": NOBODY,
    "staff": person(Role.STAFF_OWNER, "sunny"),
    "staff's administrator": person(Role.STAFF_ADMIN, "sunny"),
    "support": person(Role.STAFF_SUPPORT, "sunny"),
    "staff's bookkeeper": person(Role.STAFF_BILLING, "sunny"),
    "staff who read": person(Role.STAFF_READER, "sunny"),
    "staff at another reseller": Visitor(Badge.NONE, "harbour"),
    "staff at the console": Visitor(Badge.NONE, "console"),
    "staff looking at a client": Visitor(
        Badge.COOKIE, "sunny", Audience.CLIENT, VIEW_ONLY, in_place=True, looks_only=True
    ),
    "staff acting for a client": Visitor(
        Badge.COOKIE,
        "sunny",
        Audience.CLIENT,
        OWNER - {Right.KEYS_MANAGE, Right.WALLET_PAY, Right.PEOPLE_MANAGE},
        in_place=True,
    ),
    "the operator": person(Role.OPERATOR_OWNER, "console"),
    "the operator's administrator": person(Role.OPERATOR_ADMIN, "console"),
    "the operator's support": person(Role.OPERATOR_SUPPORT, "console"),
    "the operator's bookkeeper": person(Role.OPERATOR_BILLING, "console"),
    "the operator's reader": person(Role.OPERATOR_READER, "console"),
    "the operator at a reseller": NOBODY,
    "the operator looking at a reseller": Visitor(
        Badge.COOKIE, "sunny", Audience.RESELLER, VISITING, in_place=True, looks_only=True
    ),
    "the operator acting for a reseller": Visitor(
        Badge.COOKIE,
        "sunny",
        Audience.RESELLER,
        RIGHTS[Role.STAFF_OWNER] - CLOSED_ON_VISITS,
        in_place=True,
    ),
    "the operator after a visit": NOBODY,
}
"""Who tries, and as whom they have to be taken."""


CLOSED_IN_PLACE = frozenset(
    {
        "client.open_sub_account",
        "client.renew_api_password",
        "operator.book_line",
        "operator.call_off_transfer",
        "operator.change_bank_account",
        "operator.confirm_transfer",
        "operator.ignore_line",
        "operator.import_statement",
        "operator.name_columns",
        "operator.payment_secrets",
        "operator.paypal_account",
        "operator.refund_deposit",
        "operator.remove_bank_account",
        "operator.remove_paypal",
        "operator.remove_stripe",
        "operator.stripe_account",
        "operator.test_paypal",
        "operator.test_stripe",
        "operator.undo_line",
        "reseller.ask_for_client_copy",
        "reseller.ask_hostname",
        "reseller.change_bank_account",
        "reseller.client_person",
        "reseller.clients_csv",
        "reseller.clients_xlsx",
        "reseller.fetch_client_copy",
        "reseller.invite_client_person",
        "reseller.make_mail_key",
        "reseller.make_primary",
        "reseller.mail_server",
        "reseller.open_sub_account",
        "reseller.payment_secrets",
        "reseller.paypal_account",
        "reseller.release_hostname",
        "reseller.remove_bank_account",
        "reseller.remove_mail_server",
        "reseller.remove_paypal",
        "reseller.remove_stripe",
        "reseller.renew_api_password",
        "reseller.send_test_mail",
        "reseller.stripe_account",
        "reseller.take_off_client_second_step",
        "reseller.test_paypal",
        "reseller.test_stripe",
        "reseller.try_text",
    }
)
"""What is closed to whoever is in another's place though they have the right to it otherwise."""


def outcome(endpoint: str, visitor: Visitor, method: str = GET) -> Outcome:
    """What has to become of this visitor's request for this route."""
    door, _, asks = ROUTES[endpoint]
    if _at_wrong_host(door, visitor):
        return Outcome.NOT_THERE
    if asks is Open.TO_ALL:
        return Outcome.ADMITTED
    if visitor.badge is not (Badge.KEY if door.for_programs else Badge.COOKIE):
        return Outcome.NO_KEY if door.for_programs else Outcome.SIGN_IN
    if door.audience not in {None, visitor.audience}:
        return Outcome.NOT_THERE
    lacks_right = isinstance(asks, Right) and asks not in visitor.rights
    if lacks_right or _is_kept_back(endpoint, visitor, method):
        return Outcome.FORBIDDEN
    return Outcome.ADMITTED


def _is_kept_back(endpoint: str, visitor: Visitor, method: str) -> bool:
    """Whether somebody in another's place meets the leash here."""
    if visitor.looks_only and method != GET:
        return True
    is_personal = ROUTES[endpoint][2] is Open.TO_THEMSELVES or endpoint in CLOSED_IN_PLACE
    return visitor.in_place and is_personal


def _at_wrong_host(door: Door, visitor: Visitor) -> bool:
    """The console has its own pages and no reseller's, and the other way round."""
    if door.audience is None:
        return False
    return (door.audience is Audience.OPERATOR) != (visitor.host == "console")
