"""Run by Alembic when the tables of sensors are made or changed."""

from hutuo.base.migrating import run

run()
