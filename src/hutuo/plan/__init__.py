"""Plan: clauses, targets, evaluation, reconciliation, report."""

from hutuo.plan import document, evaluate, exclusions, reconcile, report, status

__all__ = ["document", "evaluate", "exclusions", "reconcile", "report", "status"]
