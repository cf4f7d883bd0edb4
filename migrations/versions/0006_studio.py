"""The versions and drafts of a portal's look."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from portal.infra.row_security import secure

revision = "0006"
down_revision = "0005"

PLACES = (
    "login_logo_light", "login_logo_dark", "content_logo_light", "content_logo_dark",
    "favicon_light", "favicon_dark", "login_background_light", "login_background_dark",
)  # fmt: skip


def upgrade() -> None:
    # What is there already is carried over, for all resellers.
    op.execute("SELECT set_config('app.reseller', '*', true)")
    # What was the theme of one portal has a name of its own now.
    op.execute("UPDATE brands SET theme = 'quay' WHERE theme = 'harbour'")
    pictures()
    versions()
    drafts()
    op.execute("SELECT set_config('app.reseller', '', true)")


def pictures() -> None:
    for place in PLACES:
        op.add_column("brands", sa.Column(place, sa.String(length=32), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_brands_reseller_id_{place}"),
            "brands",
            "images",
            ["reseller_id", place],
            ["reseller_id", "hash"],
        )
    op.add_column(
        "brands", sa.Column("theme_settings", JSONB(), server_default="{}", nullable=False)
    )
    op.add_column("brands", sa.Column("version", sa.Integer(), server_default="0", nullable=False))


def versions() -> None:
    op.create_table(
        "brand_versions",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("values", JSONB(), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("person_name", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_brand_versions_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "number", name=op.f("pk_brand_versions")),
    )
    secure("brand_versions")
    # The brand of today is the first version of each portal.
    op.execute(
        """
        INSERT INTO brand_versions (reseller_id, number, "values", created_at)
        SELECT reseller_id, 1,
               jsonb_build_object(
                   'title', title, 'theme', theme, 'look', colours,
                   'pictures', jsonb_strip_nulls(jsonb_build_object(
                       'logo_light', logo_light, 'logo_dark', logo_dark)),
                   'theme_settings', '{}'::jsonb),
               now()
          FROM brands
        """
    )
    op.execute("UPDATE brands SET version = 1")


def drafts() -> None:
    op.create_table(
        "brand_drafts",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("values", JSONB(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("sheet_hash", sa.String(length=16), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_brand_drafts_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_brand_drafts")),
        sa.UniqueConstraint(
            "reseller_id", "person_id", name=op.f("uq_brand_drafts_reseller_id_person_id")
        ),
    )
    secure("brand_drafts")
