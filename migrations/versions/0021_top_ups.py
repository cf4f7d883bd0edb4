"""Cards that clients keep, and the rules by which they are charged when a balance runs low."""

import sqlalchemy as sa
from alembic import op

from portal.infra.row_security import secure

revision = "0021"
down_revision = "0020"

_TROUBLES = (
    "", "amount", "currency", "other_payment", "not_started", "declined", "confirm", "refused",
    "unanswered", "called_off",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("clients", sa.Column("top_up_below", sa.BigInteger(), nullable=True))
    op.create_table(
        "saved_methods",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("deposit_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("customer", sa.String(length=255), nullable=False),
        sa.Column("method", sa.String(length=255), nullable=False),
        sa.Column("brand", sa.String(length=40), nullable=False),
        sa.Column("last_four", sa.String(length=4), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detached_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "removed_at IS NOT NULL OR (customer <> '' AND method <> '')",
            name=op.f("ck_saved_methods_in_use_can_be_charged"),
        ),
        sa.CheckConstraint(
            "detached_at IS NULL OR (removed_at IS NOT NULL AND method = '')",
            name=op.f("ck_saved_methods_detached_is_forgotten"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "account_id"],
            ["payment_accounts.reseller_id", "payment_accounts.id"],
            name=op.f("fk_saved_methods_reseller_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_saved_methods_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_saved_methods")),
        sa.UniqueConstraint(
            "reseller_id", "client_id", "id", name=op.f("uq_saved_methods_reseller_id_client_id_id")
        ),
        sa.UniqueConstraint(
            "reseller_id", "deposit_id", name=op.f("uq_saved_methods_reseller_id_deposit_id")
        ),
    )
    op.create_index(
        "uq_saved_methods_in_use",
        "saved_methods",
        ["reseller_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    secure("saved_methods")
    op.create_table(
        "top_up_rules",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("threshold", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("count_max", sa.Integer(), nullable=False),
        sa.Column("sum_max", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "paused_for",
            sa.Enum(
                *_TROUBLES,
                name="trouble",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            server_default="",
            nullable=False,
        ),
        sa.CheckConstraint("threshold > 0", name=op.f("ck_top_up_rules_threshold_positive")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_top_up_rules_amount_positive")),
        sa.CheckConstraint(
            "count_max BETWEEN 1 AND 31", name=op.f("ck_top_up_rules_count_in_bounds")
        ),
        sa.CheckConstraint("sum_max >= amount", name=op.f("ck_top_up_rules_sum_is_enough_for_one")),
        sa.CheckConstraint(
            "(paused_at IS NOT NULL) = (paused_for <> '')",
            name=op.f("ck_top_up_rules_paused_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_top_up_rules_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "client_id", name=op.f("pk_top_up_rules")),
    )
    secure("top_up_rules")
    op.add_column(
        "deposits", sa.Column("keeps", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("deposits", sa.Column("method_id", sa.BigInteger(), nullable=True))
    op.add_column("deposits", sa.Column("charged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_deposits_reseller_id_client_id_method_id"),
        "deposits",
        "saved_methods",
        ["reseller_id", "client_id", "method_id"],
        ["reseller_id", "client_id", "id"],
    )
    op.create_index(
        "uq_deposits_automatic",
        "deposits",
        ["reseller_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending' AND method_id IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_deposits_trouble"), "deposits", type_="check")
    op.create_check_constraint(
        op.f("ck_deposits_trouble"), "deposits", sa.column("trouble").in_(_TROUBLES)
    )
