"""A client is found by the inbound numbers that it has as well."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    # What is there already is carried over, for all resellers.
    op.execute("SELECT set_config('app.reseller', '*', true)")
    card_writing()
    op.execute(
        "SELECT write_client_card(reseller_id, client_id)"
        " FROM (SELECT DISTINCT reseller_id, client_id FROM inbound_numbers"
        " WHERE client_id IS NOT NULL) AS connected"
    )
    op.execute("SELECT set_config('app.reseller', '', true)")


def card_writing() -> None:
    op.execute(
        r"""
        CREATE OR REPLACE FUNCTION write_client_card(owner bigint, one bigint) RETURNS void
        LANGUAGE sql AS $$
            INSERT INTO client_cards (reseller_id, client_id, sorted_as, words, last_login_at)
            SELECT c.reseller_id, c.id,
                   left(folded(coalesce(nullif(c.company, ''),
                                        nullif(btrim(c.firstname || ' ' || c.lastname), ''),
                                        c.email)), 200),
                   folded(concat_ws(E'\n', c.number::text, c.company,
                                    btrim(c.firstname || ' ' || c.lastname), c.email,
                                    regexp_replace(c.phone, '[^0-9]', '', 'g'), p.words, s.words,
                                    n.words)),
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
             CROSS JOIN LATERAL (
                   SELECT string_agg(digits, E'\n') AS words
                     FROM inbound_numbers
                    WHERE reseller_id = owner AND client_id = one) n
             WHERE c.reseller_id = owner AND c.id = one
            ON CONFLICT (reseller_id, client_id) DO UPDATE
               SET sorted_as = excluded.sorted_as, words = excluded.words,
                   last_login_at = excluded.last_login_at
        $$
        """
    )
    op.execute(
        "CREATE TRIGGER card AFTER INSERT OR DELETE OR UPDATE OF client_id, digits"
        " ON inbound_numbers FOR EACH ROW EXECUTE FUNCTION client_card_is_written()"
    )
