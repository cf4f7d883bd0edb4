"""Several people of a firm: invited, limited to sub-accounts, kept out, removed."""

import sqlalchemy as sa
from alembic import op

from portal.infra.row_security import secure

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    people()
    limits()


def people() -> None:
    # Whoever is there has come long ago, sees everything of their client, and stays so.
    for name in ("invited_at", "disabled_at", "removed_at"):
        op.add_column("people", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column(
        "people", sa.Column("is_limited", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_people_role_of_firm"),
        "people",
        "role IN ('owner', 'power', 'user', 'reader', 'billing') AND client_id IS NOT NULL"
        " OR role LIKE 'staff\\_%' AND client_id IS NULL AND reseller_id <> 0"
        " OR role LIKE 'operator\\_%' AND client_id IS NULL AND reseller_id = 0",
    )
    op.create_check_constraint(
        op.f("ck_people_limitable"),
        "people",
        "NOT is_limited OR role IN ('power', 'user', 'reader')",
    )
    op.create_unique_constraint(
        "uq_people_reseller_id_client_id_id", "people", ["reseller_id", "client_id", "id"]
    )


def limits() -> None:
    op.create_unique_constraint(
        "uq_sub_accounts_reseller_id_client_id_id",
        "sub_accounts",
        ["reseller_id", "client_id", "id"],
    )
    op.create_table(
        "person_sub_accounts",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("sub_account_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id", "person_id"],
            ["people.reseller_id", "people.client_id", "people.id"],
            name=op.f("fk_person_sub_accounts_reseller_id_client_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id", "sub_account_id"],
            ["sub_accounts.reseller_id", "sub_accounts.client_id", "sub_accounts.id"],
            name=op.f("fk_person_sub_accounts_reseller_id_client_id_sub_account_id"),
        ),
        sa.PrimaryKeyConstraint(
            "reseller_id", "person_id", "sub_account_id", name=op.f("pk_person_sub_accounts")
        ),
    )
    secure("person_sub_accounts")
