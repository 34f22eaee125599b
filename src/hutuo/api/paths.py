"""Paths by which people come in and go."""

__all__ = ["BACK", "OPENID", "SIGN_IN", "SIGN_OUT", "STILL"]

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
OPENID, BACK = "/sign-in/openid", "/sign-in/openid/back"
# In what is known of a request: asks whether who asked is still let in, for answers that go on and on.
STILL = "hutuo.still"
