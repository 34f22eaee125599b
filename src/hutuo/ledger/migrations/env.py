"""Run by Alembic when the ledger's tables are made or changed."""

from hutuo.base.migrating import run

run()
