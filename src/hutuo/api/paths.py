"""Paths by which people come in and go."""

__all__ = ["BACK", "OPENID", "SIGN_IN", "SIGN_OUT"]

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
OPENID, BACK = "/sign-in/openid", "/sign-in/openid/back"
