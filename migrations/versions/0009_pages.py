"""Terms, privacy and other pages, and who accepted which; greetings by language."""

import sqlalchemy as sa
from alembic import op

from portal.infra.row_security import add_only, secure

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    greetings()
    pages()
    consents()
    # What a text was written against is not known of those that are there.
    op.add_column(
        "wordings", sa.Column("default_hash", sa.String(), server_default="", nullable=False)
    )


def greetings() -> None:
    # The greeting in the reseller's own language stays where it is, in the brand.
    op.create_table(
        "welcome_texts",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_welcome_texts_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "language", name=op.f("pk_welcome_texts")),
    )
    secure("welcome_texts")


def pages() -> None:
    op.create_table(
        "page_versions",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("person_name", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "page IN ('terms', 'privacy', 'imprint', 'help')", name=op.f("ck_page_versions_page")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_page_versions_version")),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_page_versions_reseller_id")
        ),
        sa.PrimaryKeyConstraint(
            "reseller_id", "page", "language", "version", name=op.f("pk_page_versions")
        ),
    )
    secure("page_versions")
    add_only("page_versions")


def consents() -> None:
    op.create_table(
        "consents",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_consents_reseller_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "person_id"],
            ["people.reseller_id", "people.id"],
            name=op.f("fk_consents_reseller_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "page", "language", "version"],
            [
                "page_versions.reseller_id",
                "page_versions.page",
                "page_versions.language",
                "page_versions.version",
            ],
            name=op.f("fk_consents_reseller_id_page_language_version"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_client", "consents", ["reseller_id", "client_id", "id"])
    secure("consents")
