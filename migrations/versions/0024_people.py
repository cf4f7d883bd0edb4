"""Telephones that clients have proven, and the trial credit that they had for it."""

from alembic import op

from portal.infra.row_security import secure

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    phone_checks()
    trial_credits()


def phone_checks() -> None:
    op.execute(
        """
        CREATE TABLE phone_checks (
            reseller_id bigint NOT NULL,
            client_id bigint NOT NULL,
            phone varchar(16) NOT NULL,
            code_hash varchar(64) NOT NULL,
            sent_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            proven_at timestamptz,
            CONSTRAINT pk_phone_checks PRIMARY KEY (reseller_id, client_id),
            CONSTRAINT fk_phone_checks_reseller_id_client_id
                FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id)
        )
        """
    )
    secure("phone_checks")


def trial_credits() -> None:
    op.execute(
        """
        CREATE TABLE trial_credits (
            reseller_id bigint NOT NULL,
            client_id bigint NOT NULL,
            phone_hash varchar(64) NOT NULL,
            email_hash varchar(64) NOT NULL,
            transfer_id bigint NOT NULL,
            amount bigint NOT NULL,
            currency varchar(40) NOT NULL,
            credited_at timestamptz NOT NULL,
            CONSTRAINT pk_trial_credits PRIMARY KEY (reseller_id, client_id),
            CONSTRAINT uq_trial_credits_reseller_id_phone_hash UNIQUE (reseller_id, phone_hash),
            CONSTRAINT uq_trial_credits_reseller_id_email_hash UNIQUE (reseller_id, email_hash),
            CONSTRAINT ck_trial_credits_amount_positive CHECK (amount > 0),
            CONSTRAINT fk_trial_credits_reseller_id_client_id
                FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id),
            CONSTRAINT fk_trial_credits_reseller_id_transfer_id
                FOREIGN KEY (reseller_id, transfer_id) REFERENCES transfers (reseller_id, id)
        )
        """
    )
    secure("trial_credits")
