"""Labels in a reseller's own words."""

import sqlalchemy as sa
from alembic import op

from portal.infra.row_security import secure

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "own_words",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_own_words_says_something")),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_own_words_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "language", "message", name=op.f("pk_own_words")),
    )
    secure("own_words")
