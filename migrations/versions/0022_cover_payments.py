"""Resellers pay the operator: deposits and invoices that are no client's."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_CHECKS = {"deposits": ("one_pays", "resellers_pay_operator")} | {
    "invoices": ("for_one", "operator_to_resellers")
}


def upgrade() -> None:
    op.add_column(
        "deposits", sa.Column("payer_name", sa.String(), server_default="", nullable=False)
    )
    for table, (one, only_operator) in _CHECKS.items():
        op.alter_column(table, "client_id", existing_type=sa.BigInteger(), nullable=True)
        op.add_column(table, sa.Column("payer_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_{table}_payer_id"), table, "resellers", ["payer_id"], ["id"]
        )
        op.create_index(
            f"ix_{table}_payer",
            table,
            ["reseller_id", "payer_id", "id"],
            unique=False,
            postgresql_where=sa.text("payer_id IS NOT NULL"),
        )
        op.create_check_constraint(
            op.f(f"ck_{table}_{one}"), table, "(client_id IS NULL) <> (payer_id IS NULL)"
        )
        op.create_check_constraint(
            op.f(f"ck_{table}_{only_operator}"),
            table,
            "payer_id IS NULL OR (reseller_id = 0 AND payer_id <> 0)",
        )
