"""Pictures of a brand, and which of them are its logos."""

import sqlalchemy as sa
from alembic import op

from portal.infra.row_security import secure

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "images",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_images_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "hash", name=op.f("pk_images")),
    )
    secure("images")
    for column in ("logo_light", "logo_dark"):
        op.add_column("brands", sa.Column(column, sa.String(length=32), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_brands_reseller_id_{column}"),
            "brands",
            "images",
            ["reseller_id", column],
            ["reseller_id", "hash"],
        )
