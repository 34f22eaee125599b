"""Run by Alembic when the tables of duty are made or changed."""

from hutuo.base.migrating import run

run()
