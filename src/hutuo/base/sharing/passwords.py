"""Passwords and secrets: hashed so that who reads the store can sign in as nobody.

Source: Argon2id, RFC 9106; lengths after NIST SP 800-63B, 3.1.1 (no rules of composition).
"""

import hashlib
import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hutuo.errors import BadAsk
from hutuo.glossary import Text

__all__ = ["checked", "digest", "fits", "hashed", "made", "secret"]

SHORTEST, LONGEST = 12, 200
# Each takes 64 MiB while it is computed.
AT_ONCE = threading.BoundedSemaphore(4)
hasher = PasswordHasher()


def checked(password: str, account: str) -> str:
    """The password, if it may be one.

    Raises:
        BadAsk: It is too short or too long, or says the account's name.
    """
    hint = Text(
        f"{SHORTEST}至{LONGEST}个字符,不含账号名;一句话即可",
        f"{SHORTEST} to {LONGEST} characters without the account's name; a sentence will do",
    )
    if not SHORTEST <= len(password) <= LONGEST:
        says = Text(f"密码有{len(password)}个字符", f"the password has {len(password)} characters")
        raise BadAsk(says, hint)
    if account.lower() in password.lower():
        raise BadAsk(Text("密码含有账号名", "the password says the account's name"), hint)
    return password


def made() -> str:
    """A password that nobody chose: 120 bits."""
    return secrets.token_urlsafe(15)


def secret() -> str:
    """What a browser or a machine shows: 256 bits."""
    return secrets.token_urlsafe(32)


def digest(shown: str) -> str:
    """SHA-256 of a secret of 256 bits, which needs no slow hash: nobody guesses it."""
    return hashlib.sha256(shown.encode()).hexdigest()


def hashed(password: str) -> str:
    """Argon2id of a password, with its salt."""
    with AT_ONCE:
        return hasher.hash(password)


def fits(password: str, known: str | None) -> bool:
    """Whether it is the password; takes as long where there is none, so that no account shows by it."""
    with AT_ONCE:
        try:
            hasher.verify(known or _nobodys(), password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return known is not None


@cache
def _nobodys() -> str:
    return hasher.hash(secret())
