"""The audit: who did what through which door, in a chain of hashes that is only added to."""
