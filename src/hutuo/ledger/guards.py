"""What the database itself refuses: that rows of the log are changed, deleted or replaced."""

from hutuo.base.guards import Guards

__all__ = ["GUARDS"]

# As the first migration makes them.
GUARDS = Guards(
    "ledger",
    "the ledger is only added to",
    {
        "entry": "seq = NEW.seq OR key = NEW.key OR refers = NEW.refers",
        "posting": "seq = NEW.seq AND line = NEW.line",
    },
)
