"""The REST API and the web app: a walk over the registry, with no list of its own."""

from hutuo.api.app import Settings, app, run

__all__ = ["Settings", "app", "run"]
