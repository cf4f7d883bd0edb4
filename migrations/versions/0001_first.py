"""The first tables: tenancy, accounts, ledger, prices, messages, queue."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

from portal.infra.row_security import add_only, close, secure

revision = "0001"
down_revision = None

# Every table whose rows belong to a reseller, `resellers` itself by its own id.
RESELLER_OWNED = (
    "activity", "api_keys", "assignments", "brands", "bundles", "clients", "hostnames",
    "kept_answers", "ledger_accounts", "mails", "message_events", "messages", "one_time_links",
    "packages", "people", "price_lists", "rates", "sender_names", "sessions", "sub_accounts",
    "transfer_notes", "transfers", "wordings",
)  # fmt: skip
ADDED_ONLY = ("activity", "transfers")
PARTITIONED = ("messages", "message_events")


def upgrade() -> None:
    op.execute("CREATE SEQUENCE ids_node")
    tables()
    for table in RESELLER_OWNED:
        secure(table)
    secure("resellers", column="id")
    for table in ADDED_ONLY:
        add_only(table)
    for table in PARTITIONED:
        op.execute(f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT")
        close(f"{table}_rest")
    op.execute(
        "ALTER TABLE dispatch_queue SET"
        " (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)"
    )
    op.execute(SchemaManager.get_schema())


def tables() -> None:
    op.create_table(
        "delivery_reports",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("gateway_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "retry_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("raw", postgresql.JSONB(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=40), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_reports")),
    )
    op.create_index(
        "ix_delivery_reports_open",
        "delivery_reports",
        ["retry_at"],
        unique=False,
        postgresql_where=sa.text("applied_at IS NULL"),
    )
    op.create_index(
        "uq_delivery_reports_once",
        "delivery_reports",
        ["gateway_id", "reference", "outcome", "reported_at"],
        unique=True,
    )
    op.create_table(
        "dispatch_queue",
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_dispatch_queue")),
    )
    op.create_index("ix_dispatch_queue_due", "dispatch_queue", ["priority", "due_at"], unique=False)
    op.create_table(
        "gateways",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="100", nullable=False),
        sa.Column("reseller_id", sa.BigInteger(), nullable=True),
        sa.Column("hook_token", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateways")),
        sa.UniqueConstraint("hook_token", name=op.f("uq_gateways_hook_token")),
        sa.UniqueConstraint("name", name=op.f("uq_gateways_name")),
    )
    op.create_table(
        "hostnames",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=253), nullable=False),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name = lower(name)", name=op.f("ck_hostnames_lower_case")),
        sa.PrimaryKeyConstraint("reseller_id", "name", name=op.f("pk_hostnames")),
    )
    op.create_index("uq_hostnames_name", "hostnames", ["name"], unique=True)
    op.create_index(
        "uq_hostnames_primary",
        "hostnames",
        ["reseller_id"],
        unique=True,
        postgresql_where=sa.text('"primary"'),
    )
    op.create_table(
        "kept_answers",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "reseller_id", "owner_id", "endpoint", "key", name=op.f("pk_kept_answers")
        ),
    )
    op.create_index(
        op.f("ix_kept_answers_created_at"), "kept_answers", ["created_at"], unique=False
    )
    op.create_table(
        "message_events",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "scheduled",
                "accepted",
                "submitting",
                "submitted",
                "delivered",
                "undelivered",
                "rejected",
                "expired",
                "cancelled",
                "unknown",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("gateway_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("flagged", sa.String(length=40), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_message_events")),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index(
        "ix_message_events_message",
        "message_events",
        ["reseller_id", "message_id", "id"],
        unique=False,
    )
    op.create_table(
        "messages",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("acceptance_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("sub_account_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("sender", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=16), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reference", sa.String(length=100), server_default="", nullable=False),
        sa.Column("encoding", sa.String(length=4), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "scheduled",
                "accepted",
                "submitting",
                "submitted",
                "delivered",
                "undelivered",
                "rejected",
                "expired",
                "cancelled",
                "unknown",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("gateway_id", sa.BigInteger(), nullable=True),
        sa.Column("upstream_id", sa.String(length=100), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("prefix", sa.String(length=15), nullable=False),
        sa.Column("markup_fixed", sa.BigInteger(), nullable=False),
        sa.Column("markup_percent_millionths", sa.BigInteger(), nullable=False),
        sa.Column("bundle_parts", sa.SmallInteger(), nullable=False),
        sa.Column("bundle_id", sa.BigInteger(), nullable=True),
        sa.Column("package_id", sa.BigInteger(), nullable=True),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("flagged", sa.String(length=40), server_default="", nullable=False),
        sa.CheckConstraint(
            "bundle_parts BETWEEN 0 AND parts", name=op.f("ck_messages_bundle_within_parts")
        ),
        sa.CheckConstraint("parts > 0", name=op.f("ck_messages_parts_positive")),
        sa.CheckConstraint(
            "price >= 0 AND cost >= 0", name=op.f("ck_messages_amounts_not_negative")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_messages")),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index(
        "ix_messages_client", "messages", ["reseller_id", "client_id", "id"], unique=False
    )
    op.create_index(
        "ix_messages_in_flight",
        "messages",
        ["reseller_id", "valid_until"],
        unique=False,
        postgresql_where=sa.text(
            "status IN ('scheduled','accepted','submitting','submitted','unknown')"
        ),
    )
    op.create_index(
        "ix_messages_sub_account", "messages", ["reseller_id", "sub_account_id", "id"], unique=False
    )
    op.create_table(
        "resellers",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("last_client_number", sa.BigInteger(), server_default="100000", nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settings", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resellers")),
        sa.UniqueConstraint("number", name=op.f("uq_resellers_number")),
        sa.UniqueConstraint("slug", name=op.f("uq_resellers_slug")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(op.f("ix_throttles_since"), "throttles", ["since"], unique=False)
    op.create_table(
        "activity",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("person_name", sa.String(), server_default="", nullable=False),
        sa.Column("acting_as_client_id", sa.BigInteger(), nullable=True),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("about_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=45), server_default="", nullable=False),
        sa.Column("details", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_activity_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_activity")),
    )
    op.create_index(
        "ix_activity_client", "activity", ["reseller_id", "client_id", "id"], unique=False
    )
    op.create_table(
        "brands",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("theme", sa.String(length=40), server_default="default", nullable=False),
        sa.Column("colours", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("welcome", sa.String(), server_default="", nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("sheet_hash", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_brands_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", name=op.f("pk_brands")),
    )
    op.create_index(op.f("ix_brands_sheet_hash"), "brands", ["sheet_hash"], unique=False)
    op.create_table(
        "ledger_accounts",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("limited", sa.Boolean(), nullable=False),
        sa.Column("overdraft", sa.BigInteger(), nullable=True),
        sa.Column(
            "overdraft_since",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("debits", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("credits", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "NOT limited OR overdraft IS NULL OR credits - debits >= -overdraft",
            name=op.f("ck_ledger_accounts_within_overdraft"),
        ),
        sa.CheckConstraint(
            "debits >= 0 AND credits >= 0", name=op.f("ck_ledger_accounts_sums_not_negative")
        ),
        sa.CheckConstraint(
            "limited OR (debits = 0 AND credits = 0 AND overdraft IS NULL)",
            name=op.f("ck_ledger_accounts_summed_keeps_no_balance"),
        ),
        sa.CheckConstraint(
            "overdraft IS NULL OR overdraft >= 0",
            name=op.f("ck_ledger_accounts_overdraft_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_ledger_accounts_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint(
            "reseller_id",
            "code",
            "unit",
            "owner_id",
            name=op.f("uq_ledger_accounts_reseller_id_code_unit_owner_id"),
        ),
        sa.UniqueConstraint(
            "reseller_id", "id", "unit", name=op.f("uq_ledger_accounts_reseller_id_id_unit")
        ),
    )
    op.create_table(
        "mails",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_mails_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_mails")),
    )
    op.create_index(
        "ix_mails_unsent",
        "mails",
        ["reseller_id", "id"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND refused_at IS NULL"),
    )
    op.create_table(
        "packages",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("markup_fixed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("markup_percent_millionths", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("addition_per_message", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("flat_fee", sa.BigInteger(), nullable=True),
        sa.Column("pulse", sa.String(length=40), server_default="part", nullable=False),
        sa.Column("bundle_parts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("monthly_fee", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("setup_fee", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "refused_prefixes",
            postgresql.ARRAY(sa.String(length=15)),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pulse IN ('part', 'message')", name=op.f("ck_packages_pulse")),
        sa.CheckConstraint("bundle_parts >= 0", name=op.f("ck_packages_bundle_not_negative")),
        sa.CheckConstraint(
            "monthly_fee >= 0 AND setup_fee >= 0", name=op.f("ck_packages_fees_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_packages_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_packages")),
        sa.UniqueConstraint("reseller_id", "name", name=op.f("uq_packages_reseller_id_name")),
    )
    op.create_table(
        "price_lists",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_price_lists_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_price_lists")),
        sa.UniqueConstraint(
            "reseller_id",
            "package_id",
            "currency",
            name=op.f("uq_price_lists_reseller_id_package_id_currency"),
        ),
    )
    op.create_table(
        "wordings",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_wordings_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "notice", "language", name=op.f("pk_wordings")),
    )
    op.create_table(
        "clients",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("company", sa.String(), server_default="", nullable=False),
        sa.Column("firstname", sa.String(), server_default="", nullable=False),
        sa.Column("lastname", sa.String(), server_default="", nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), server_default="", nullable=False),
        sa.Column("address", sa.String(), server_default="", nullable=False),
        sa.Column("tax_id", sa.String(), server_default="", nullable=False),
        sa.Column("country", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column(
            "balance_management",
            sa.Enum(
                "SOFT",
                "HARD",
                name="balancemanagement",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("credit_limit", sa.BigInteger(), nullable=True),
        sa.Column("wallet_id", sa.BigInteger(), nullable=True),
        sa.Column("low_balance_threshold", sa.BigInteger(), nullable=True),
        sa.Column("low_balance_email", sa.String(), server_default="", nullable=False),
        sa.Column("low_balance_armed", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("next_billing_on", sa.Date(), nullable=True),
        sa.Column("parts_max", sa.Integer(), server_default="5", nullable=False),
        sa.Column("characters_max", sa.Integer(), server_default="1000", nullable=False),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column(
            "countries", postgresql.ARRAY(sa.String(length=2)), server_default="{}", nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_reason", sa.String(), server_default="", nullable=False),
        sa.Column("suspended_by_staff_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_by_staff_reason", sa.String(), server_default="", nullable=False),
        sa.Column("suspended_by_balance_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "activated_at IS NULL OR wallet_id IS NOT NULL",
            name=op.f("ck_clients_active_has_a_wallet"),
        ),
        sa.CheckConstraint(
            "credit_limit IS NULL OR credit_limit >= 0", name=op.f("ck_clients_limit_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "wallet_id"],
            ["ledger_accounts.reseller_id", "ledger_accounts.id"],
            name=op.f("fk_clients_reseller_id_wallet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_clients_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_clients")),
        sa.UniqueConstraint("reseller_id", "number", name=op.f("uq_clients_reseller_id_number")),
    )
    op.create_table(
        "rates",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("prefix", sa.String(length=15), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("prefix ~ '^[1-9][0-9]*$'", name=op.f("ck_rates_prefix_digits")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_rates_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["reseller_id", "list_id"],
            ["price_lists.reseller_id", "price_lists.id"],
            name=op.f("fk_rates_reseller_id_list_id"),
        ),
        sa.PrimaryKeyConstraint(
            "reseller_id", "list_id", "prefix", "valid_from", name=op.f("pk_rates")
        ),
    )
    op.create_table(
        "transfers",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("debit_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transfers_amount_positive")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_transfers_two_sides")),
        sa.ForeignKeyConstraint(
            ["reseller_id", "credit_id", "unit"],
            ["ledger_accounts.reseller_id", "ledger_accounts.id", "ledger_accounts.unit"],
            name=op.f("fk_transfers_reseller_id_credit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "debit_id", "unit"],
            ["ledger_accounts.reseller_id", "ledger_accounts.id", "ledger_accounts.unit"],
            name=op.f("fk_transfers_reseller_id_debit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "reverses_id"],
            ["transfers.reseller_id", "transfers.id"],
            name=op.f("fk_transfers_reseller_id_reverses_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_transfers")),
        sa.UniqueConstraint(
            "reseller_id",
            "cause_id",
            "code",
            "n",
            name=op.f("uq_transfers_reseller_id_cause_id_code_n"),
        ),
    )
    op.create_index(
        "ix_transfers_credit", "transfers", ["reseller_id", "credit_id", "id"], unique=False
    )
    op.create_index(
        "ix_transfers_debit", "transfers", ["reseller_id", "debit_id", "id"], unique=False
    )
    op.create_index(
        "ix_transfers_reverses", "transfers", ["reseller_id", "reverses_id"], unique=False
    )
    op.create_table(
        "people",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("firstname", sa.String(), server_default="", nullable=False),
        sa.Column("lastname", sa.String(), server_default="", nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("api_password_hash", sa.String(length=64), nullable=True),
        sa.Column("auth_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_people_reseller_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_people_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_people")),
    )
    op.create_index("ix_people_client", "people", ["reseller_id", "client_id"], unique=False)
    op.create_index(
        "uq_people_email", "people", ["reseller_id", sa.literal_column("lower(email)")], unique=True
    )
    op.create_table(
        "sender_names",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_sender_names_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "client_id", "name", name=op.f("pk_sender_names")),
    )
    op.create_table(
        "sub_accounts",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("user", sa.String(length=80), nullable=False),
        sa.Column("api_password_hash", sa.String(length=64), nullable=False),
        sa.Column("default_sender", sa.String(length=16), server_default="", nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_sub_accounts_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_sub_accounts")),
        sa.UniqueConstraint(
            "reseller_id",
            "client_id",
            "name",
            name=op.f("uq_sub_accounts_reseller_id_client_id_name"),
        ),
        sa.UniqueConstraint("reseller_id", "user", name=op.f("uq_sub_accounts_reseller_id_user")),
    )
    op.create_table(
        "transfer_notes",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "transfer_id"],
            ["transfers.reseller_id", "transfers.id"],
            name=op.f("fk_transfer_notes_reseller_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "transfer_id", name=op.f("pk_transfer_notes")),
    )
    op.create_table(
        "api_keys",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("sub_account_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_api_keys_reseller_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "person_id"],
            ["people.reseller_id", "people.id"],
            name=op.f("fk_api_keys_reseller_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "sub_account_id"],
            ["sub_accounts.reseller_id", "sub_accounts.id"],
            name=op.f("fk_api_keys_reseller_id_sub_account_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("reseller_id", "hash", name=op.f("uq_api_keys_reseller_id_hash")),
    )
    op.create_index(
        "uq_api_keys_name",
        "api_keys",
        ["reseller_id", "person_id", "name"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "assignments",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sub_account_id", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("billing_day", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("billing_day BETWEEN 1 AND 31", name=op.f("ck_assignments_billing_day")),
        sa.ForeignKeyConstraint(
            ["reseller_id", "package_id"],
            ["packages.reseller_id", "packages.id"],
            name=op.f("fk_assignments_reseller_id_package_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "sub_account_id"],
            ["sub_accounts.reseller_id", "sub_accounts.id"],
            name=op.f("fk_assignments_reseller_id_sub_account_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_assignments")),
    )
    op.create_index(
        "uq_assignments_current",
        "assignments",
        ["reseller_id", "sub_account_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "bundles",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sub_account_id", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= begins_on", name=op.f("ck_bundles_period")),
        sa.ForeignKeyConstraint(
            ["reseller_id", "account_id"],
            ["ledger_accounts.reseller_id", "ledger_accounts.id"],
            name=op.f("fk_bundles_reseller_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "package_id"],
            ["packages.reseller_id", "packages.id"],
            name=op.f("fk_bundles_reseller_id_package_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "sub_account_id"],
            ["sub_accounts.reseller_id", "sub_accounts.id"],
            name=op.f("fk_bundles_reseller_id_sub_account_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_bundles")),
        sa.UniqueConstraint(
            "reseller_id",
            "sub_account_id",
            "package_id",
            "begins_on",
            name=op.f("uq_bundles_reseller_id_sub_account_id_package_id_begins_on"),
        ),
    )
    op.create_table(
        "one_time_links",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reseller_id", "person_id"],
            ["people.reseller_id", "people.id"],
            name=op.f("fk_one_time_links_reseller_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "hash", name=op.f("pk_one_time_links")),
    )
    op.create_table(
        "sessions",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("auth_epoch", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("browser", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("viewing_client_id", sa.BigInteger(), nullable=True),
        sa.Column("viewing_reason", sa.String(), server_default="", nullable=False),
        sa.Column("viewing_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(viewing_client_id IS NULL) = (viewing_until IS NULL)",
            name=op.f("ck_sessions_viewing_ends"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "person_id"],
            ["people.reseller_id", "people.id"],
            name=op.f("fk_sessions_reseller_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "viewing_client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_sessions_reseller_id_viewing_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "hash", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_person", "sessions", ["reseller_id", "person_id"], unique=False)
