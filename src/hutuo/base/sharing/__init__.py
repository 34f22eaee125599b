"""Sharing: accounts and what they may do, and agreements on who may read what for which purpose."""
