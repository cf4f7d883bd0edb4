"""How strongly people sign in: second step, passkeys, devices, new addresses, proofs."""

import sqlalchemy as sa
from alembic import op

from portal.infra.row_security import secure

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    sessions()
    second_steps()
    passkeys()
    devices()
    email_changes()


def sessions() -> None:
    op.add_column("sessions", sa.Column("id", sa.BigInteger()))
    # Those that are there were begun with a password, long enough ago to ask for it again.
    op.add_column("sessions", sa.Column("confirmed_at", sa.DateTime(timezone=True)))
    op.add_column("sessions", sa.Column("proof", sa.String(length=20)))
    op.execute("SELECT set_config('app.reseller', '*', true)")
    op.execute(
        "UPDATE sessions SET id = numbered.n, confirmed_at = created_at, proof = 'password' FROM"
        " (SELECT hash AS of, row_number() OVER (ORDER BY created_at) AS n FROM sessions) numbered"
        " WHERE hash = numbered.of"
    )
    op.execute("SELECT set_config('app.reseller', '', true)")
    op.alter_column("sessions", "id", nullable=False)
    op.alter_column("sessions", "proof", nullable=False)
    op.create_unique_constraint("uq_sessions_reseller_id_id", "sessions", ["reseller_id", "id"])
    op.create_check_constraint(
        op.f("ck_sessions_proof"),
        "sessions",
        "proof IN ('link', 'password', 'second_step', 'passkey')",
    )


def second_steps() -> None:
    op.create_table(
        "second_steps",
        *_of_a_person("second_steps"),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("step >= 0", name=op.f("ck_second_steps_step")),
        sa.PrimaryKeyConstraint("reseller_id", "person_id", name=op.f("pk_second_steps")),
    )
    op.create_table(
        "recovery_codes",
        *_of_a_person("recovery_codes"),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("reseller_id", "person_id", "hash", name=op.f("pk_recovery_codes")),
    )
    secure("second_steps")
    secure("recovery_codes")


def passkeys() -> None:
    op.create_table(
        "passkeys",
        *_of_a_person("passkeys"),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sign_count >= 0", name=op.f("ck_passkeys_sign_count")),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint(
            "reseller_id",
            "host",
            "credential_id",
            name=op.f("uq_passkeys_reseller_id_host_credential_id"),
        ),
    )
    op.create_index("ix_passkeys_person", "passkeys", ["reseller_id", "person_id"])
    op.create_table(
        "passkey_challenges",
        *_of_a_person("passkey_challenges", nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reseller_id", "hash", name=op.f("pk_passkey_challenges")),
    )
    secure("passkeys")
    secure("passkey_challenges")


def devices() -> None:
    op.create_table(
        "known_devices",
        *_of_a_person("known_devices"),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reseller_id", "person_id", "hash", name=op.f("pk_known_devices")),
    )
    secure("known_devices")


def email_changes() -> None:
    op.create_table(
        "email_changes",
        *_of_a_person("email_changes"),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reseller_id", "person_id", name=op.f("pk_email_changes")),
        sa.UniqueConstraint("reseller_id", "hash", name=op.f("uq_email_changes_reseller_id_hash")),
    )
    secure("email_changes")


def _of_a_person(table: str, *, nullable: bool = False) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=nullable),
        sa.ForeignKeyConstraint(
            ["reseller_id", "person_id"],
            ["people.reseller_id", "people.id"],
            name=op.f(f"fk_{table}_reseller_id_person_id"),
        ),
    )
