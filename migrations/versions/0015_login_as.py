"""Visits of the operator to portals, signed login links, and where and how long a key is good."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.infra.row_security import secure

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    visits()
    keys()
    login_links()


def visits() -> None:
    op.create_table(
        "visits",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("visitor_id", sa.BigInteger(), nullable=False),
        sa.Column("visitor_epoch", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticket_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=45), server_default="", nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(hash IS NULL) = (begun_at IS NULL) AND (until IS NULL) = (begun_at IS NULL)",
            name=op.f("ck_visits_begun_with_a_cookie"),
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR begun_at IS NOT NULL", name=op.f("ck_visits_ends_after_it_began")
        ),
        sa.CheckConstraint(
            "until <= begun_at + interval '30 minutes'", name=op.f("ck_visits_leash")
        ),
        sa.CheckConstraint(
            "ticket_until <= asked_at + interval '1 minute'",
            name=op.f("ck_visits_ticket_is_short"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_visits_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_visits")),
        sa.UniqueConstraint(
            "reseller_id", "ticket_hash", name=op.f("uq_visits_reseller_id_ticket_hash")
        ),
        sa.UniqueConstraint("reseller_id", "hash", name=op.f("uq_visits_reseller_id_hash")),
    )
    op.create_index(
        "ix_visits_open",
        "visits",
        ["reseller_id", "until"],
        postgresql_where=sa.text("begun_at IS NOT NULL AND ended_at IS NULL"),
    )
    secure("visits")


def keys() -> None:
    op.add_column("api_keys", sa.Column("place", sa.SmallInteger()))
    op.add_column(
        "api_keys",
        sa.Column(
            "networks", postgresql.ARRAY(sa.String(length=43)), server_default="{}", nullable=False
        ),
    )
    op.add_column(
        "api_keys",
        sa.Column("last_used_from", sa.String(length=45), server_default="", nullable=False),
    )
    op.execute("SELECT set_config('app.reseller', '*', true)")
    # Those that are good have the places in the order in which they were made. More than ten were
    # never given out; should somebody have written them, the oldest ten stay.
    op.execute(
        "UPDATE api_keys SET place = numbered.n FROM"
        " (SELECT reseller_id AS of, id AS one, row_number() OVER"
        "  (PARTITION BY reseller_id, COALESCE(client_id, person_id) ORDER BY id) AS n"
        "  FROM api_keys WHERE revoked_at IS NULL) numbered"
        " WHERE reseller_id = numbered.of AND id = numbered.one AND numbered.n <= 10"
    )
    op.execute("UPDATE api_keys SET revoked_at = now() WHERE revoked_at IS NULL AND place IS NULL")
    op.execute("SELECT set_config('app.reseller', '', true)")
    for name, condition in (
        ("ten_places", "place BETWEEN 1 AND 10"),
        ("place_until_revoked", "(revoked_at IS NULL) = (place IS NOT NULL)"),
        ("some_scope", "cardinality(scopes) > 0"),
        ("expires_later", "expires_at > created_at"),
    ):
        op.create_check_constraint(op.f(f"ck_api_keys_{name}"), "api_keys", condition)
    op.create_index(
        "uq_api_keys_place",
        "api_keys",
        ["reseller_id", sa.text("COALESCE(client_id, person_id)"), "place"],
        unique=True,
        postgresql_where=sa.text("place IS NOT NULL"),
    )


def login_links() -> None:
    op.create_table(
        "login_secrets",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=True),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), server_default="", nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("place BETWEEN 1 AND 2", name=op.f("ck_login_secrets_two_places")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (place IS NOT NULL)",
            name=op.f("ck_login_secrets_place_until_revoked"),
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (sealed <> '')",
            name=op.f("ck_login_secrets_gone_when_revoked"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_login_secrets_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_login_secrets")),
    )
    op.create_index(
        "uq_login_secrets_place",
        "login_secrets",
        ["reseller_id", "place"],
        unique=True,
        postgresql_where=sa.text("place IS NOT NULL"),
    )
    secure("login_secrets")
    op.create_table(
        "spent_login_links",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_spent_login_links_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "hash", name=op.f("pk_spent_login_links")),
    )
    secure("spent_login_links")
