"""What a package shows to clients, and the rest of a client's postal address."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # NULL is "as the portal says", which is what every package said before.
    op.execute("ALTER TABLE packages ADD COLUMN display jsonb")
    # What was written as an address stays in one piece: where its town begins is nobody's guess.
    op.execute(
        "ALTER TABLE clients"
        " ADD COLUMN postal_code varchar NOT NULL DEFAULT '',"
        " ADD COLUMN city varchar NOT NULL DEFAULT '',"
        " ADD COLUMN state varchar NOT NULL DEFAULT ''"
    )
