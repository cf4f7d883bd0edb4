"""How people have signed up, links that let them in, and by what one client is like another."""

from alembic import op

from portal.infra.row_security import secure

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    likeness()
    sign_ups()
    approval_links()


def likeness() -> None:
    # A column of its own and no expression, since row security keeps an index on one from being
    # used: its functions are not known to leak nothing.
    op.execute(
        "ALTER TABLE clients ADD COLUMN mail_domain varchar NOT NULL"
        " GENERATED ALWAYS AS (lower(split_part(email, '@', 2))) STORED"
    )
    op.execute("CREATE INDEX ix_clients_mail_domain ON clients (reseller_id, mail_domain)")
    op.execute("CREATE INDEX ix_clients_phone ON clients (reseller_id, phone) WHERE phone <> ''")


def sign_ups() -> None:
    # Whoever waits already was told of to the reseller, and was never asked to confirm an address:
    # without a row here nobody is, and nobody is removed.
    op.execute(
        """
        CREATE TABLE sign_ups (
            reseller_id bigint NOT NULL,
            client_id bigint NOT NULL,
            address varchar(45) NOT NULL,
            time_zone varchar(40) NOT NULL DEFAULT '',
            calculated boolean NOT NULL,
            takes_mail boolean,
            told_at timestamptz,
            CONSTRAINT pk_sign_ups PRIMARY KEY (reseller_id, client_id),
            CONSTRAINT fk_sign_ups_reseller_id_client_id
                FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id)
        )
        """
    )
    op.execute("CREATE INDEX ix_sign_ups_address ON sign_ups (reseller_id, address)")
    secure("sign_ups")


def approval_links() -> None:
    op.execute(
        """
        CREATE TABLE approval_links (
            reseller_id bigint NOT NULL,
            hash varchar(64) NOT NULL,
            client_id bigint NOT NULL,
            recipient varchar NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at timestamptz,
            CONSTRAINT pk_approval_links PRIMARY KEY (reseller_id, hash),
            CONSTRAINT fk_approval_links_reseller_id_client_id
                FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id)
        )
        """
    )
    op.execute("CREATE INDEX ix_approval_links_client ON approval_links (reseller_id, client_id)")
    secure("approval_links")
