"""Run by Alembic when the tables of the audit are made or changed."""

from hutuo.base.migrating import run

run()
