"""Packages in versions and currencies, quotas, fees, vouchers."""

from alembic import op

from portal.infra.row_security import secure

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # What is there already is carried over, for all resellers.
    op.execute("SELECT set_config('app.reseller', '*', true)")
    package_versions()
    routes()
    bundles()
    quotas_and_debts()
    receipts()
    fees()
    vouchers()
    on_net()
    rate_ends()
    country_requests()
    op.execute("SELECT set_config('app.reseller', '', true)")


def package_versions() -> None:
    op.execute(
        """
        CREATE TABLE package_versions (
            reseller_id bigint NOT NULL,
            id bigint NOT NULL,
            package_id bigint NOT NULL,
            number integer NOT NULL,
            valid_from date NOT NULL,
            pulse varchar(40) NOT NULL,
            markup_percent_millionths bigint NOT NULL,
            on_net_free boolean NOT NULL,
            refused_countries varchar(2)[] NOT NULL,
            refused_prefixes varchar(15)[] NOT NULL,
            routes jsonb NOT NULL,
            bundles jsonb NOT NULL,
            created_at timestamptz NOT NULL,
            person_id bigint,
            CONSTRAINT pk_package_versions PRIMARY KEY (reseller_id, id),
            CONSTRAINT fk_package_versions_reseller_id_package_id
                FOREIGN KEY (reseller_id, package_id) REFERENCES packages (reseller_id, id),
            CONSTRAINT uq_package_versions_reseller_id_package_id_number
                UNIQUE (reseller_id, package_id, number),
            CONSTRAINT ck_package_versions_pulse CHECK (pulse IN ('part', 'message'))
        )
        """
    )
    op.execute(
        "CREATE INDEX ix_package_versions_day"
        " ON package_versions (reseller_id, package_id, valid_from, number)"
    )
    op.execute(
        """
        CREATE TABLE package_amounts (
            reseller_id bigint NOT NULL,
            version_id bigint NOT NULL,
            currency varchar(3) NOT NULL,
            markup_fixed bigint NOT NULL DEFAULT 0,
            addition_per_message bigint NOT NULL DEFAULT 0,
            flat_fee bigint,
            monthly_fee bigint NOT NULL DEFAULT 0,
            setup_fee bigint NOT NULL DEFAULT 0,
            incoming_fee bigint,
            outgoing_mms_fee bigint,
            incoming_mms_fee bigint,
            free_zones jsonb NOT NULL DEFAULT '[]',
            CONSTRAINT pk_package_amounts PRIMARY KEY (reseller_id, version_id, currency),
            CONSTRAINT fk_package_amounts_reseller_id_version_id
                FOREIGN KEY (reseller_id, version_id)
                REFERENCES package_versions (reseller_id, id),
            CONSTRAINT ck_package_amounts_fees_not_negative CHECK (
                monthly_fee >= 0 AND setup_fee >= 0 AND addition_per_message >= 0
                AND coalesce(flat_fee, 0) >= 0 AND coalesce(incoming_fee, 0) >= 0
                AND coalesce(outgoing_mms_fee, 0) >= 0 AND coalesce(incoming_mms_fee, 0) >= 0
            )
        )
        """
    )
    # Its first version takes the package's own id: one of each, and neither has another.
    op.execute(
        """
        INSERT INTO package_versions
        SELECT reseller_id, id, id, 1, DATE '2000-01-01', pulse, markup_percent_millionths, false,
               '{}', refused_prefixes, '{}',
               CASE WHEN bundle_parts > 0
                    THEN jsonb_build_array(jsonb_build_object('parts', bundle_parts))
                    ELSE '[]' END,
               created_at, NULL
          FROM packages
        """
    )
    op.execute(
        """
        INSERT INTO package_amounts (reseller_id, version_id, currency, markup_fixed,
                                     addition_per_message, flat_fee, monthly_fee, setup_fee)
        SELECT reseller_id, id, currency, markup_fixed, addition_per_message, flat_fee,
               monthly_fee, setup_fee
          FROM packages
        """
    )
    op.execute(
        """
        ALTER TABLE packages
            DROP COLUMN currency, DROP COLUMN version, DROP COLUMN markup_fixed,
            DROP COLUMN markup_percent_millionths, DROP COLUMN addition_per_message,
            DROP COLUMN flat_fee, DROP COLUMN pulse, DROP COLUMN bundle_parts,
            DROP COLUMN monthly_fee, DROP COLUMN setup_fee, DROP COLUMN refused_prefixes,
            ADD COLUMN is_default boolean NOT NULL DEFAULT false,
            ADD COLUMN closed_at timestamptz
        """
    )
    op.execute("CREATE UNIQUE INDEX uq_packages_default ON packages (reseller_id) WHERE is_default")
    secure("package_versions")
    secure("package_amounts")


def routes() -> None:
    op.execute(
        """
        ALTER TABLE price_lists
            ADD COLUMN route varchar(40) NOT NULL DEFAULT 'value',
            ADD CONSTRAINT ck_price_lists_route CHECK (route IN ('value', 'premium')),
            DROP CONSTRAINT uq_price_lists_reseller_id_package_id_currency,
            ADD CONSTRAINT uq_price_lists_reseller_id_package_id_currency_route
                UNIQUE (reseller_id, package_id, currency, route)
        """
    )
    op.execute("ALTER TABLE gateways ADD COLUMN route varchar(40)")


def bundles() -> None:
    op.execute(
        """
        ALTER TABLE bundles
            ADD COLUMN client_id bigint,
            ADD COLUMN n smallint NOT NULL DEFAULT 0,
            ADD COLUMN counts varchar(40) NOT NULL DEFAULT 'both',
            ADD COLUMN countries varchar(2)[] NOT NULL DEFAULT '{}',
            ADD COLUMN prefixes varchar(15)[] NOT NULL DEFAULT '{}',
            ADD COLUMN noticed_percent smallint NOT NULL DEFAULT 0,
            ALTER COLUMN sub_account_id DROP NOT NULL,
            ADD CONSTRAINT ck_bundles_counts CHECK (counts IN ('sent', 'received', 'both')),
            DROP CONSTRAINT uq_bundles_reseller_id_sub_account_id_package_id_begins_on
        """
    )
    op.execute(
        "UPDATE bundles b SET client_id = s.client_id FROM sub_accounts s"
        " WHERE s.reseller_id = b.reseller_id AND s.id = b.sub_account_id"
    )
    op.execute(
        """
        ALTER TABLE bundles
            ALTER COLUMN client_id SET NOT NULL,
            ADD CONSTRAINT fk_bundles_reseller_id_client_id
                FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id)
        """
    )
    op.execute(
        "CREATE UNIQUE INDEX uq_bundles_period ON bundles"
        " (reseller_id, client_id, sub_account_id, package_id, n, begins_on) NULLS NOT DISTINCT"
    )


def quotas_and_debts() -> None:
    op.execute(
        """
        ALTER TABLE clients
            ADD COLUMN debt_since timestamptz,
            ADD COLUMN debt_reminders smallint NOT NULL DEFAULT 0,
            ADD COLUMN wholly_on_quota boolean NOT NULL DEFAULT false
        """
    )
    # What the accounts of one owner hold is asked for with every movement of a client's money.
    op.execute("CREATE INDEX ix_ledger_accounts_owner ON ledger_accounts (reseller_id, owner_id)")
    # Who owes already is reminded as from today.
    op.execute(
        """
        UPDATE clients c SET debt_since = now()
         WHERE EXISTS (SELECT 1 FROM ledger_accounts a
                        WHERE a.reseller_id = c.reseller_id AND a.owner_id = c.id
                          AND a.code IN ('wallet', 'receivable') AND a.credits < a.debits)
        """
    )
    op.execute(
        """
        ALTER TABLE sub_accounts
            ADD COLUMN quota_account_id bigint,
            ADD COLUMN quota_unlimited boolean NOT NULL DEFAULT false,
            ADD CONSTRAINT fk_sub_accounts_reseller_id_quota_account_id
                FOREIGN KEY (reseller_id, quota_account_id)
                REFERENCES ledger_accounts (reseller_id, id)
        """
    )
    op.execute("ALTER TABLE sender_names ADD COLUMN for_codes boolean NOT NULL DEFAULT false")


def receipts() -> None:
    op.execute(
        """
        ALTER TABLE messages
            ADD COLUMN pulse varchar(40) NOT NULL DEFAULT 'part',
            ADD COLUMN addition bigint NOT NULL DEFAULT 0,
            ADD COLUMN route varchar(40) NOT NULL DEFAULT 'value',
            ADD COLUMN bundle_ids bigint[] NOT NULL DEFAULT '{}',
            ADD COLUMN bundle_taken smallint[] NOT NULL DEFAULT '{}',
            ADD COLUMN quota_parts smallint NOT NULL DEFAULT 0,
            ADD COLUMN package_version_id bigint,
            ADD CONSTRAINT ck_messages_quota_within_parts
                CHECK (quota_parts BETWEEN 0 AND parts)
        """
    )
    op.execute(
        "UPDATE messages SET bundle_ids = ARRAY[bundle_id], bundle_taken = ARRAY[bundle_parts]"
        " WHERE bundle_id IS NOT NULL"
    )
    op.execute("UPDATE messages SET package_version_id = package_id")
    op.execute("ALTER TABLE messages DROP COLUMN bundle_id")


def fees() -> None:
    op.execute(
        """
        ALTER TABLE assignments
            ADD COLUMN billed_until date,
            ADD COLUMN periods_billed integer NOT NULL DEFAULT 0
        """
    )
    # No fee was ever charged before: the first is due on the next billing day.
    op.execute("UPDATE assignments SET billed_until = current_date")
    op.execute("ALTER TABLE assignments ALTER COLUMN billed_until SET NOT NULL")
    op.execute(
        """
        CREATE TABLE billed_periods (
            reseller_id bigint NOT NULL,
            owner_id bigint NOT NULL,
            period integer NOT NULL,
            client_id bigint NOT NULL,
            begins_on date NOT NULL,
            amount bigint NOT NULL,
            currency varchar(40) NOT NULL,
            charged_at timestamptz NOT NULL,
            CONSTRAINT pk_billed_periods PRIMARY KEY (reseller_id, owner_id, period),
            CONSTRAINT fk_billed_periods_reseller_id_client_id
                FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id)
        )
        """
    )
    secure("billed_periods")


def vouchers() -> None:
    op.execute(
        """
        CREATE TABLE vouchers (
            reseller_id bigint NOT NULL,
            id bigint NOT NULL,
            code varchar(40) NOT NULL,
            amount bigint NOT NULL,
            currency varchar(40) NOT NULL,
            description varchar NOT NULL DEFAULT '',
            uses_left integer NOT NULL,
            expires_on date,
            created_at timestamptz NOT NULL,
            person_id bigint,
            withdrawn_at timestamptz,
            CONSTRAINT pk_vouchers PRIMARY KEY (reseller_id, id),
            CONSTRAINT fk_vouchers_reseller_id
                FOREIGN KEY (reseller_id) REFERENCES resellers (id),
            CONSTRAINT uq_vouchers_reseller_id_code UNIQUE (reseller_id, code),
            CONSTRAINT ck_vouchers_amount_positive CHECK (amount > 0),
            CONSTRAINT ck_vouchers_uses_not_negative CHECK (uses_left >= 0)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE voucher_uses (
            reseller_id bigint NOT NULL,
            voucher_id bigint NOT NULL,
            client_id bigint NOT NULL,
            transfer_id bigint NOT NULL,
            used_at timestamptz NOT NULL,
            CONSTRAINT pk_voucher_uses PRIMARY KEY (reseller_id, voucher_id, client_id),
            CONSTRAINT fk_voucher_uses_reseller_id_voucher_id
                FOREIGN KEY (reseller_id, voucher_id) REFERENCES vouchers (reseller_id, id),
            CONSTRAINT fk_voucher_uses_reseller_id_client_id
                FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id),
            CONSTRAINT fk_voucher_uses_reseller_id_transfer_id
                FOREIGN KEY (reseller_id, transfer_id) REFERENCES transfers (reseller_id, id)
        )
        """
    )
    secure("vouchers")
    secure("voucher_uses")


def rate_ends() -> None:
    op.execute("ALTER TABLE rates ALTER COLUMN price DROP NOT NULL")
    op.execute(
        """
        CREATE TABLE price_list_drafts (
            reseller_id bigint NOT NULL,
            id bigint NOT NULL,
            package_id bigint NOT NULL DEFAULT 0,
            currency varchar(40) NOT NULL,
            route varchar(40) NOT NULL DEFAULT 'value',
            person_id bigint NOT NULL,
            sheet jsonb NOT NULL,
            made_at timestamptz NOT NULL,
            applied_at timestamptz,
            CONSTRAINT pk_price_list_drafts PRIMARY KEY (reseller_id, id),
            CONSTRAINT fk_price_list_drafts_reseller_id
                FOREIGN KEY (reseller_id) REFERENCES resellers (id),
            CONSTRAINT ck_price_list_drafts_route CHECK (route IN ('value', 'premium'))
        )
        """
    )
    op.execute(
        "CREATE INDEX ix_price_list_drafts_made_at ON price_list_drafts (reseller_id, made_at)"
    )
    secure("price_list_drafts")


def on_net() -> None:
    # The one look past the wall between resellers that a send needs: whose a number is. The wall
    # stands again before anything else of the statement is read.
    op.execute(
        """
        CREATE FUNCTION on_net_numbers(asked text[])
        RETURNS TABLE (digits varchar, reseller_id bigint, client_id bigint)
        LANGUAGE plpgsql VOLATILE AS $$
        DECLARE
            before text := current_setting('app.reseller', true);
        BEGIN
            PERFORM set_config('app.reseller', '*', true);
            RETURN QUERY
                SELECT n.digits, n.reseller_id, n.client_id
                  FROM inbound_numbers n
                 WHERE n.digits = ANY (asked) AND n.ended_on IS NULL AND n.client_id IS NOT NULL;
            PERFORM set_config('app.reseller', coalesce(before, ''), true);
        END $$
        """
    )


def country_requests() -> None:
    op.execute(
        """
        CREATE TABLE country_requests (
            reseller_id bigint NOT NULL,
            id bigint NOT NULL,
            client_id bigint NOT NULL,
            country varchar(2) NOT NULL,
            person_id bigint,
            asked_at timestamptz NOT NULL,
            decision varchar(40) NOT NULL DEFAULT '',
            decided_at timestamptz,
            decided_by_id bigint,
            reason varchar NOT NULL DEFAULT '',
            CONSTRAINT pk_country_requests PRIMARY KEY (reseller_id, id),
            CONSTRAINT fk_country_requests_reseller_id_client_id
                FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id),
            CONSTRAINT ck_country_requests_decision
                CHECK (decision IN ('', 'for_client', 'for_all', 'declined'))
        )
        """
    )
    op.execute(
        "CREATE UNIQUE INDEX uq_country_requests_open ON country_requests"
        " (reseller_id, client_id, country) WHERE decision = ''"
    )
    op.execute(
        "CREATE INDEX ix_country_requests_client ON country_requests (reseller_id, client_id, id)"
    )
    secure("country_requests")
