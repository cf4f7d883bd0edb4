"""What a record says in words can be erased and stays proven; copies for clients; redaction."""

import sqlalchemy as sa
from alembic import op

from portal.infra.row_security import secure

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("SELECT set_config('app.reseller', '*', true)")
    activity()
    op.execute("SELECT set_config('app.reseller', '', true)")
    archives()
    redaction()


def activity() -> None:
    op.add_column("activity", sa.Column("by_operator", sa.Boolean(), server_default="false"))
    op.add_column("activity", sa.Column("words_salt", sa.LargeBinary()))
    op.add_column("activity", sa.Column("words_digest", sa.LargeBinary()))
    op.add_column("activity", sa.Column("erased_by_id", sa.BigInteger()))
    op.execute("ALTER TABLE activity DISABLE TRIGGER added_only")
    op.execute(
        "UPDATE activity SET by_operator = EXISTS"
        " (SELECT FROM people WHERE people.reseller_id = 0 AND people.id = activity.person_id),"
        " words_salt = uuid_send(gen_random_uuid())"
    )
    op.execute(
        "UPDATE activity SET words_digest = sha256(words_salt || convert_to("
        "jsonb_build_array(person_name, address, details)::text, 'UTF8'))"
    )
    op.execute("ALTER TABLE activity ENABLE TRIGGER added_only")
    op.alter_column("activity", "by_operator", nullable=False)
    op.alter_column("activity", "words_digest", nullable=False)
    op.create_check_constraint(
        op.f("ck_activity_words_or_erasure"),
        "activity",
        "(words_salt IS NULL) = (erased_by_id IS NOT NULL)",
    )
    for name in ("person_id", "address"):
        op.create_index(f"ix_activity_{name}", "activity", ["reseller_id", name, "id"])
    op.create_index(
        "ix_activity_by_operator",
        "activity",
        ["id"],
        postgresql_where=sa.text("by_operator OR reseller_id = 0"),
    )
    # The digest is made where the row is, so that whoever adds one cannot leave it out.
    op.execute(
        """
        CREATE FUNCTION activity_digests_its_words() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.words_salt := uuid_send(gen_random_uuid());
            NEW.words_digest := sha256(NEW.words_salt || convert_to(jsonb_build_array(
                NEW.person_name, NEW.address, NEW.details)::text, 'UTF8'));
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER digests_its_words BEFORE INSERT ON activity"
        " FOR EACH ROW EXECUTE FUNCTION activity_digests_its_words()"
    )
    # The one change there is: words go for good, and the act that took them is named.
    op.execute(
        """
        CREATE OR REPLACE FUNCTION activity_are_added_only() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            words text[] := ARRAY[
                'person_name', 'address', 'details', 'words_salt', 'erased_by_id'];
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF OLD.erased_by_id IS NULL AND NEW.erased_by_id IS NOT NULL
                   AND NEW.words_salt IS NULL AND NEW.person_name = '' AND NEW.address = ''
                   AND NEW.details = '{}' AND to_jsonb(NEW) - words = to_jsonb(OLD) - words THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION 'rows of activity are added, never changed'
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    # What was sealed of an act were the words themselves: seals of the digests begin anew.
    op.execute("ALTER TABLE seals DISABLE TRIGGER added_only")
    op.execute("DELETE FROM seals WHERE book = 'activity'")
    op.execute("ALTER TABLE seals ENABLE TRIGGER added_only")
    op.execute("UPDATE proofs SET heads = heads - 'activity'")


def archives() -> None:
    op.create_table(
        "client_archives",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("by_client", sa.Boolean(), nullable=False),
        sa.Column("with_amounts", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "made_at IS NULL OR (failed_at IS NULL AND expires_at IS NOT NULL)",
            name=op.f("ck_client_archives_made_or_failed"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_client_archives_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_client_archives")),
    )
    op.create_index(
        "ix_client_archives_client", "client_archives", ["reseller_id", "client_id", "id"]
    )
    op.create_index(
        "uq_client_archives_open",
        "client_archives",
        ["reseller_id", "client_id", "by_client"],
        unique=True,
        postgresql_where=sa.text("made_at IS NULL AND failed_at IS NULL"),
    )
    secure("client_archives")
    op.create_table(
        "client_archive_pieces",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("archive_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "archive_id"],
            ["client_archives.reseller_id", "client_archives.id"],
            name=op.f("fk_client_archive_pieces_reseller_id_archive_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "reseller_id", "archive_id", "n", name=op.f("pk_client_archive_pieces")
        ),
    )
    secure("client_archive_pieces")


def redaction() -> None:
    for table in ("messages", "inbound_messages"):
        op.add_column(table, sa.Column("redacted_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_inbound_messages_readable",
        "inbound_messages",
        ["reseller_id", "id"],
        postgresql_where=sa.text("redacted_at IS NULL"),
    )
    op.create_table(
        "redactions",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("done_below_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_redactions_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", name=op.f("pk_redactions")),
    )
    secure("redactions")
    # Messages that are older than the rest and not settled yet: planned ones, mostly.
    op.create_table(
        "redactions_left",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_redactions_left_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "message_id", name=op.f("pk_redactions_left")),
    )
    secure("redactions_left")
