"""Where the mail of a host name goes, for Email2SMS."""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE hostnames
            ADD COLUMN mail varchar(20) NOT NULL DEFAULT 'unchecked',
            ADD COLUMN found_mail_hosts varchar NOT NULL DEFAULT '',
            ADD CONSTRAINT ck_hostnames_mail CHECK
                (mail IN ('unchecked', 'right', 'missing', 'other', 'no_answer', 'taken'))
        """
    )
