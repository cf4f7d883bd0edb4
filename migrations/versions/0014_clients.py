"""What a list of clients is searched and sorted by, notes on clients, names of closed sub-accounts."""

import sqlalchemy as sa
from alembic import op

from portal.infra.row_security import secure

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    # What is there already is carried over, for all resellers.
    op.execute("SELECT set_config('app.reseller', '*', true)")
    cards()
    card_writing()
    notes()
    sub_accounts()
    op.execute("SELECT set_config('app.reseller', '', true)")


def cards() -> None:
    op.create_table(
        "client_cards",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("sorted_as", sa.String(collation="C"), nullable=False),
        sa.Column("words", sa.String(collation="C"), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_client_cards_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "client_id", name=op.f("pk_client_cards")),
    )
    op.create_index(
        "ix_client_cards_name", "client_cards", ["reseller_id", "sorted_as", "client_id"]
    )
    op.create_index(
        "ix_client_cards_login", "client_cards", ["reseller_id", "last_login_at", "client_id"]
    )
    secure("client_cards")


def card_writing() -> None:
    # Compared without case and accents. The same function reads what is looked for, so that both
    # sides are folded alike whatever the locale of the server.
    op.execute(
        r"""
        CREATE FUNCTION folded(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT replace(
                lower(regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]', '', 'g')),
                'ß', 'ss')
        $$
        """
    )
    op.execute(
        r"""
        CREATE FUNCTION write_client_card(owner bigint, one bigint) RETURNS void
        LANGUAGE sql AS $$
            INSERT INTO client_cards (reseller_id, client_id, sorted_as, words, last_login_at)
            SELECT c.reseller_id, c.id,
                   left(folded(coalesce(nullif(c.company, ''),
                                        nullif(btrim(c.firstname || ' ' || c.lastname), ''),
                                        c.email)), 200),
                   folded(concat_ws(E'\n', c.number::text, c.company,
                                    btrim(c.firstname || ' ' || c.lastname), c.email,
                                    regexp_replace(c.phone, '[^0-9]', '', 'g'), p.words, s.words)),
                   coalesce(p.seen, 'epoch')
              FROM clients c
             CROSS JOIN LATERAL (
                   SELECT string_agg(DISTINCT btrim(firstname || ' ' || lastname) || E'\n' || email,
                                     E'\n') AS words,
                          max(last_login_at) AS seen
                     FROM people
                    WHERE reseller_id = owner AND client_id = one AND removed_at IS NULL) p
             CROSS JOIN LATERAL (
                   SELECT string_agg(name || E'\n' || "user", E'\n') AS words
                     FROM sub_accounts
                    WHERE reseller_id = owner AND client_id = one AND closed_at IS NULL) s
             WHERE c.reseller_id = owner AND c.id = one
            ON CONFLICT (reseller_id, client_id) DO UPDATE
               SET sorted_as = excluded.sorted_as, words = excluded.words,
                   last_login_at = excluded.last_login_at
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION client_card_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_TABLE_NAME = 'clients' THEN
                PERFORM write_client_card(NEW.reseller_id, NEW.id);
                RETURN NULL;
            END IF;
            IF TG_OP <> 'INSERT' AND OLD.client_id IS NOT NULL THEN
                PERFORM write_client_card(OLD.reseller_id, OLD.client_id);
            END IF;
            IF TG_OP <> 'DELETE' AND NEW.client_id IS NOT NULL
               AND (TG_OP = 'INSERT' OR NEW.client_id IS DISTINCT FROM OLD.client_id) THEN
                PERFORM write_client_card(NEW.reseller_id, NEW.client_id);
            END IF;
            RETURN NULL;
        END $$
        """
    )
    for table, told_of in (
        ("clients", "INSERT OR UPDATE OF number, company, firstname, lastname, email, phone"),
        (
            "people",
            (
                "INSERT OR DELETE OR UPDATE OF client_id, firstname, lastname, email, last_login_at,"
                " removed_at"
            ),
        ),
        ("sub_accounts", 'INSERT OR DELETE OR UPDATE OF client_id, name, "user", closed_at'),
    ):
        op.execute(
            f"CREATE TRIGGER card AFTER {told_of} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION client_card_is_written()"
        )
    op.execute("SELECT write_client_card(reseller_id, id) FROM clients")
    # Waiting ones are few among many, and asked for on every page of staff.
    op.create_index(
        "ix_clients_waiting",
        "clients",
        ["reseller_id", "id"],
        postgresql_where=sa.text(
            "activated_at IS NULL AND refused_at IS NULL AND closed_at IS NULL"
        ),
    )
    op.create_index(
        "ix_sub_accounts_package", "sub_accounts", ["reseller_id", "package_id", "client_id"]
    )


def notes() -> None:
    op.create_table(
        "client_notes",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("person_name", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_client_notes_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_client_notes")),
    )
    op.create_index("ix_client_notes_client", "client_notes", ["reseller_id", "client_id", "id"])
    op.create_index(
        "uq_client_notes_pinned",
        "client_notes",
        ["reseller_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("pinned"),
    )
    secure("client_notes")


def sub_accounts() -> None:
    # The names of one that was closed are free: for another one, or for itself if it comes back.
    op.drop_constraint("uq_sub_accounts_reseller_id_user", "sub_accounts")
    op.drop_constraint("uq_sub_accounts_reseller_id_client_id_name", "sub_accounts")
    op.add_column(
        "sub_accounts", sa.Column("closed_with_package_id", sa.BigInteger(), nullable=True)
    )
    opened = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_sub_accounts_user",
        "sub_accounts",
        ["reseller_id", "user"],
        unique=True,
        postgresql_where=opened,
    )
    op.create_index(
        "uq_sub_accounts_name",
        "sub_accounts",
        ["reseller_id", "client_id", "name"],
        unique=True,
        postgresql_where=opened,
    )
