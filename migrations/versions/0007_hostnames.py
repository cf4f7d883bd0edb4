"""How host names are proven, watched and released."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # All names that are there were vouched for by the operator, who installed or applied them.
    op.execute("SELECT set_config('app.reseller', '*', true)")
    op.execute(
        """
        ALTER TABLE hostnames
            ADD COLUMN given_by varchar(20) NOT NULL DEFAULT 'operator',
            ADD COLUMN token varchar(64) NOT NULL DEFAULT '',
            ADD COLUMN asked_at timestamptz,
            ADD COLUMN ready_at timestamptz,
            ADD COLUMN failing_since timestamptz,
            ADD COLUMN released_at timestamptz,
            ADD COLUMN proof varchar(20) NOT NULL DEFAULT 'right',
            ADD COLUMN reach varchar(20) NOT NULL DEFAULT 'unchecked',
            ADD COLUMN found_texts varchar NOT NULL DEFAULT '',
            ADD COLUMN found_addresses varchar NOT NULL DEFAULT '',
            ADD COLUMN tries integer NOT NULL DEFAULT 0,
            ADD COLUMN checked_at timestamptz,
            ADD COLUMN check_at timestamptz,
            ADD COLUMN checking_since timestamptz,
            ADD COLUMN certificate_until timestamptz
        """
    )
    op.execute(
        "UPDATE hostnames SET proven_at = coalesce(proven_at, now()), check_at = now(),"
        " asked_at = coalesce(proven_at, now())"
    )
    op.execute("SELECT set_config('app.reseller', '', true)")
    findings = "('unchecked', 'right', 'missing', 'other', 'no_answer', 'taken')"
    op.execute(
        f"""
        ALTER TABLE hostnames
            ALTER COLUMN given_by DROP DEFAULT,
            ALTER COLUMN proof DROP DEFAULT,
            ALTER COLUMN reach DROP DEFAULT,
            ALTER COLUMN asked_at SET NOT NULL,
            ADD CONSTRAINT ck_hostnames_givenby
                CHECK (given_by IN ('zone', 'operator', 'reseller')),
            ADD CONSTRAINT ck_hostnames_proof CHECK (proof IN {findings}),
            ADD CONSTRAINT ck_hostnames_reach CHECK (reach IN {findings}),
            ADD CONSTRAINT ck_hostnames_primary_lives
                CHECK (NOT "primary" OR (proven_at IS NOT NULL AND released_at IS NULL)),
            ADD CONSTRAINT ck_hostnames_asked_with_token
                CHECK (given_by <> 'reseller' OR token <> '')
        """
    )
    op.execute("DROP INDEX uq_hostnames_name")
    op.execute(
        "CREATE UNIQUE INDEX uq_hostnames_name ON hostnames (name) WHERE proven_at IS NOT NULL"
    )
    op.execute("CREATE INDEX ix_hostnames_check_at ON hostnames (check_at)")
