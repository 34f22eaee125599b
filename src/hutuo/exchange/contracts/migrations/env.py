"""Run by Alembic when the tables of contracts are made or changed."""

from hutuo.base.migrating import run

run()
