"""What a migration does to a new table that belongs to resellers."""

from __future__ import annotations

from alembic import op

_SEEN = (
    "{column} = (SELECT CASE WHEN current_setting('app.reseller', true) ~ '^[0-9]+$'"
    " THEN current_setting('app.reseller', true)::bigint END)"
    " OR (SELECT current_setting('app.reseller', true) = '*')"
)


def secure(table: str, *, column: str = "reseller_id") -> None:
    """Let a transaction see the rows of the reseller that it names, or all if it says so."""
    seen = _SEEN.format(column=column)
    close(table)
    op.execute(f"CREATE POLICY reseller ON {table} USING ({seen}) WITH CHECK ({seen})")


def close(table: str) -> None:
    """Show no rows of it but those that a policy lets through; a partition has none of its own."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def add_only(table: str) -> None:
    """Refuse to change, delete or empty: corrections are rows of their own."""
    op.execute(
        f"""
        CREATE FUNCTION {table}_are_added_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of {table} are added, never changed'
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER added_only BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_are_added_only()"
    )
    op.execute(
        f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_are_added_only()"
    )
