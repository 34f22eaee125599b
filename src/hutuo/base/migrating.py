"""What every component's ``env.py`` runs: its scripts on the connection that the store gives."""

from alembic import context


def run() -> None:
    """Run the scripts of the component that is being upgraded in one transaction."""
    given = context.config.attributes
    context.configure(
        connection=given["connection"],
        target_metadata=given["tables"],
        version_table=given["versions"],
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
