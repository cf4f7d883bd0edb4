"""How Alembic reaches the database: through the connection it is given."""

from alembic import context

from portal.accounts import client_models as client_cards
from portal.accounts import consent_models as consents
from portal.accounts import key_models as keys
from portal.accounts import models as accounts
from portal.accounts import people_models as people
from portal.accounts import sender_models as senders
from portal.accounts import session_models as sessions
from portal.accounts import sign_in_models as sign_ins
from portal.accounts import sign_up_models as sign_ups
from portal.accounts import trial_models as trials
from portal.accounts import visit_models as visits
from portal.billing import models as billing
from portal.gateways import models as gateways
from portal.infra import kept_answers, seals, throttle
from portal.infra.columns import Base
from portal.invoicing import cover_month_models as cover_months
from portal.invoicing import models as invoices
from portal.invoicing import reminder_models as reminders
from portal.invoicing import statement_models as papers
from portal.ledger import models as ledger
from portal.messaging import inbound_models as inbound
from portal.messaging import models as messaging
from portal.messaging import redaction_models as redactions
from portal.notifications import models as notifications
from portal.numbers import models as numbers
from portal.payments import models as payments
from portal.payments import top_up_models as top_ups
from portal.payments.bank import models as bank
from portal.pricing import models as pricing
from portal.reports import archive_models as archives
from portal.reports import models as reports
from portal.tenancy import models as tenancy
from portal.tenancy import own_words_models as own_words
from portal.tenancy import studio_models as studio
from portal.tenancy import text_models as texts

TABLES_OF = (
    accounts, archives, bank, billing, client_cards, consents, cover_months, gateways, inbound, invoices,
    kept_answers, keys,
    ledger, messaging, notifications, numbers, own_words, papers, payments, people, pricing, redactions, reminders, reports, seals,
    senders, sessions, sign_ins, sign_ups, studio, tenancy, texts, throttle, top_ups, trials, visits,
)  # fmt: skip


def include(name, kind, parents):
    """Partitions and the job queue's own tables are made by others."""
    return kind != "table" or name in Base.metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=include,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
