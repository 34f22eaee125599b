"""The issuer that vouches for people, as this service sees it: its addresses, its keys, what it says of whom.

What comes from it is bounded in time and size, is fetched from nowhere else, and is kept for a while.

Source: OpenID Connect Core 1.0, 3.1 (authorization code flow) and 3.1.3.7 (what is checked of an ID token);
OpenID Connect Discovery 1.0, 4; PKCE with S256, RFC 7636; best practice, RFC 9700.
"""

import re
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hutuo.base.sharing.identities import Identity
from hutuo.errors import NotSignedIn, Unavailable
from hutuo.glossary import Text

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session
    from joserfc.jwk import KeySet

    from hutuo.api.deployment import OpenID
    from hutuo.base.sharing.identities import Flow

__all__ = ["Issuer"]

WELL_KNOWN = "/.well-known/openid-configuration"
LARGEST = 200_000
# Of one answer, from its asking to its last byte; no more than so long is waited for a piece of it.
SECONDS, PIECE = 10.0, 5.0
# Keys that a token names and that are not known are looked for again, but not more often.
AGAIN = 60.0
# By two keys each: whoever can check a token cannot write one.
SIGNED = [f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)]
SIGNED += ["EdDSA", "Ed25519"]
LEEWAY = 60
# Core 1.0, 2: at most 255 characters of ASCII.
SUBJECT = re.compile(r"[\x20-\x7e]{1,255}")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Issuer:
    """The issuer of a deployment."""

    def __init__(self, settings: "OpenID") -> None:
        """Nothing is asked of it yet."""
        self._settings = settings
        self._turn = threading.Lock()
        self._found: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._until = self._keys_at = 0.0

    def address(self, flow: "Flow", ours: str) -> str:
        """Where the browser is sent.

        Args:
            flow: What it brings back.
            ours: Address that it comes back to.

        Raises:
            Unavailable: The issuer does not answer, or not as it should.
        """
        found = self._configuration()
        with self._session(ours) as session:
            made, _ = session.create_authorization_url(
                found["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
            )
        return str(made)

    def identity(self, code: str, flow: "Flow", ours: str) -> Identity:
        """Who came back.

        Args:
            code: What the browser brought.
            flow: With which it was sent.
            ours: Address that it came back to.

        Raises:
            NotSignedIn: The issuer gives nothing for the code, or what it gives does not hold.
            Unavailable: The issuer does not answer, or not as it should.
        """
        from authlib.integrations.base_client import OAuthError
        from requests import RequestException

        found = self._configuration()
        try:
            with self._session(ours) as session:
                given = session.fetch_token(
                    found["token_endpoint"], code=code, code_verifier=flow.verifier
                )
        except OAuthError as error:
            raise _refused(str(error.error)) from error
        except (RequestException, ValueError) as error:
            raise _silent(error) from error
        return self._checked(dict(given), flow.nonce)

    def is_own(self, issuer: str | None) -> bool:
        """Whether what came back says that it is of this issuer, or does not say (RFC 9207)."""
        return issuer is None or issuer == self._settings.issuer

    def _checked(self, given: dict[str, Any], nonce: str) -> Identity:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jws import JWSRegistry

        settings, token = self._settings, given.get("id_token")
        if not isinstance(token, str):
            raise _refused("id_token")
        options = {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client},
        }
        about = {
            "nonce": nonce,
            "client_id": settings.client,
            "access_token": given.get("access_token"),
        }
        registry = JWSRegistry(algorithms=SIGNED, strict_check_header=False)
        try:
            read = self._signed(lambda keys: jwt.decode(token, keys, registry=registry))
            claims = CodeIDToken(read.claims, read.header, options, about)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise _refused(type(error).__name__) from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not SUBJECT.fullmatch(subject):
            raise _refused("sub")
        name = claims.get("name") or claims.get("preferred_username")
        return Identity(settings.issuer, subject, name if isinstance(name, str) else None)

    def _signed(self, check: Any) -> Any:
        """What a check finds with the keys; with those of now, if it lacks one."""
        from joserfc.errors import BadSignatureError, InvalidKeyIdError

        try:
            return check(self._keyset())
        except (InvalidKeyIdError, BadSignatureError):
            if time.monotonic() - self._keys_at < AGAIN:
                raise
            return check(self._keyset(again=True))

    def _configuration(self) -> dict[str, Any]:
        with self._turn:
            if time.monotonic() >= self._until:
                self._found = self._discovered()
                self._until = time.monotonic() + self._settings.kept_minutes * 60
                self._keys = None
            return self._found

    def _discovered(self) -> dict[str, Any]:
        issuer = self._settings.issuer
        found = self._fetched(issuer.rstrip("/") + WELL_KNOWN)
        if found.get("issuer") != issuer:
            raise _silent(ValueError(f"issuer {found.get('issuer')!r}"))
        for name in NEEDED:
            there = found.get(name)
            # As safe as the issuer itself: http only where it is so named, on the machine itself.
            if not isinstance(there, str) or urlsplit(there).scheme != urlsplit(issuer).scheme:
                raise _silent(ValueError(name))
        return found

    def _keyset(self, *, again: bool = False) -> "KeySet":
        from joserfc.jwk import KeySet

        found = self._configuration()
        with self._turn:
            if self._keys is None or again:
                given: Any = self._fetched(found["jwks_uri"])
                try:
                    self._keys = KeySet.import_key_set(given)
                except (ValueError, KeyError, TypeError) as error:
                    raise _silent(error) from error
                self._keys_at = time.monotonic()
            return self._keys

    def _fetched(self, address: str) -> dict[str, Any]:
        from requests import RequestException

        try:
            with self._session("") as session:
                answer = session.get(address, withhold_token=True)
                answer.raise_for_status()
                found = answer.json()
        except (RequestException, ValueError) as error:
            raise _silent(error) from error
        if not isinstance(found, dict):
            raise _silent(ValueError(address))
        return found

    def _session(self, ours: str) -> "OAuth2Session":
        """A session with the issuer: no redirects, no proxies of the environment, bounded answers."""
        from authlib.integrations.requests_client import OAuth2Session

        settings, secret = self._settings, self._settings.secret()
        session = OAuth2Session(
            settings.client,
            secret,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope=" ".join(settings.scopes),
            redirect_uri=ours or None,
            code_challenge_method="S256",
            default_timeout=PIECE,
        )
        session.trust_env, session.max_redirects = False, 0
        if settings.authorities is not None:
            session.verify = str(settings.authorities)
        for scheme in ("https://", "http://"):
            session.mount(scheme, _bounded())
        return session


def _bounded() -> Any:
    """What sends requests and reads answers up to a size and a time."""
    from requests import RequestException
    from requests.adapters import HTTPAdapter

    class Bounded(HTTPAdapter):
        def send(self, request: Any, *given: Any, **named: Any) -> Any:
            until = time.monotonic() + SECONDS
            answer = super().send(request, *given, **named | {"stream": True})
            content = b""
            for piece in answer.iter_content(8_192):
                content += piece
                if len(content) > LARGEST or time.monotonic() > until:
                    answer.close()
                    raise RequestException("too large or too slow")
            answer._content = content
            return answer

    return Bounded()


def _silent(error: Exception) -> Unavailable:
    told = Unavailable(
        Text(
            "统一身份认证没有应答,或应答有误",
            "the issuer of identities does not answer as it should",
        ),
        Text("稍后再试,或用密码登录", "try again later, or sign in by password"),
    )
    # For the log, not for the browser.
    told.add_note(f"{type(error).__name__}: {error}")
    return told


def _refused(why: str) -> NotSignedIn:
    told = NotSignedIn(
        Text("统一身份认证没有确认身份", "the issuer did not vouch for an identity that holds"),
        Text("请重新登录", "sign in again"),
    )
    told.add_note(why)
    return told
