"""Own mail servers, signatures, and the record of mails."""

from alembic import op

from portal.infra.row_security import secure

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    record()
    senders()
    servers()
    keys()


def record() -> None:
    op.execute(
        """
        ALTER TABLE mails
            ADD COLUMN tried_at timestamptz,
            ADD COLUMN trouble varchar(40) NOT NULL DEFAULT '',
            ADD COLUMN from_address varchar NOT NULL DEFAULT '',
            ADD COLUMN through_own boolean NOT NULL DEFAULT false,
            ADD COLUMN repeats_id bigint
        """
    )
    op.execute("CREATE INDEX ix_mails_client ON mails (reseller_id, client_id, id)")
    op.execute(
        "CREATE INDEX ix_mails_refused ON mails (reseller_id, id) WHERE refused_at IS NOT NULL"
    )


def senders() -> None:
    op.execute(
        """
        CREATE TABLE mail_senders (
            reseller_id bigint NOT NULL,
            name varchar NOT NULL DEFAULT '',
            address varchar NOT NULL DEFAULT '',
            reply_to varchar NOT NULL DEFAULT '',
            CONSTRAINT pk_mail_senders PRIMARY KEY (reseller_id),
            CONSTRAINT fk_mail_senders_reseller_id
                FOREIGN KEY (reseller_id) REFERENCES resellers (id)
        )
        """
    )
    secure("mail_senders")


def servers() -> None:
    op.execute(
        """
        CREATE TABLE mail_servers (
            reseller_id bigint NOT NULL,
            host varchar(253) NOT NULL,
            port integer NOT NULL,
            security varchar(40) NOT NULL,
            "user" varchar NOT NULL,
            password varchar NOT NULL,
            proven_at timestamptz,
            failures integer NOT NULL DEFAULT 0,
            failing_since timestamptz,
            paused_until timestamptz,
            told_at timestamptz,
            trouble varchar(40) NOT NULL DEFAULT '',
            answer varchar NOT NULL DEFAULT '',
            CONSTRAINT pk_mail_servers PRIMARY KEY (reseller_id),
            CONSTRAINT fk_mail_servers_reseller_id
                FOREIGN KEY (reseller_id) REFERENCES resellers (id),
            CONSTRAINT ck_mail_servers_port CHECK (port BETWEEN 1 AND 65535),
            CONSTRAINT ck_mail_servers_security CHECK (security IN ('starttls', 'tls', 'none'))
        )
        """
    )
    secure("mail_servers")


def keys() -> None:
    op.execute(
        """
        CREATE TABLE mail_keys (
            reseller_id bigint NOT NULL,
            id bigint NOT NULL,
            domain varchar(253) NOT NULL,
            selector varchar(63) NOT NULL,
            private_key varchar NOT NULL,
            public_key varchar NOT NULL,
            created_at timestamptz NOT NULL,
            proven_at timestamptz,
            looked_at timestamptz,
            found varchar(40) NOT NULL DEFAULT '',
            CONSTRAINT pk_mail_keys PRIMARY KEY (reseller_id, id),
            CONSTRAINT fk_mail_keys_reseller_id
                FOREIGN KEY (reseller_id) REFERENCES resellers (id),
            CONSTRAINT uq_mail_keys_reseller_id_domain_selector
                UNIQUE (reseller_id, domain, selector)
        )
        """
    )
    secure("mail_keys")
