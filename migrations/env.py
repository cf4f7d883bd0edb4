"""How Alembic reaches the database: through the connection it is given."""

from alembic import context

from portal.accounts import consent_models as consents
from portal.accounts import models as accounts
from portal.billing import models as billing
from portal.gateways import models as gateways
from portal.infra import kept_answers, seals, throttle
from portal.infra.columns import Base
from portal.ledger import models as ledger
from portal.messaging import inbound_models as inbound
from portal.messaging import models as messaging
from portal.notifications import models as notifications
from portal.numbers import models as numbers
from portal.pricing import models as pricing
from portal.reports import models as reports
from portal.tenancy import models as tenancy
from portal.tenancy import studio_models as studio
from portal.tenancy import text_models as texts

TABLES_OF = (
    accounts, billing, consents, gateways, inbound, kept_answers, ledger, messaging, notifications,
    numbers, pricing, reports, seals, studio, tenancy, texts, throttle,
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
