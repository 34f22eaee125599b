"""The reader of plans: from the text of a document to its clauses, its duties and its figures."""
