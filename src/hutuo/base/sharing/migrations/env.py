"""Run by Alembic when the tables of sharing are made or changed."""

from hutuo.base.migrating import run

run()
