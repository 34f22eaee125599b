"""An OpenID provider of the tests' own: authlib's server in a process on loopback, stopped by its id.

``python tests/issuer.py`` serves and prints its address. Whoever comes chooses who he is; ``POST /faults``
makes it say what a provider must not.
"""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

CLIENT, SECRET = "hutuo-test", "a secret that both know"
PEOPLE = {"u-1": "王芳", "u-2": "Li Wei", "u-3": "Zhao"}


@contextmanager
def issuing() -> Iterator["Issuing"]:
    """A provider while the block runs."""
    process = subprocess.Popen(
        [sys.executable, __file__], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield Issuing(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


class Issuing:
    """A provider that runs.

    Attributes:
        at: Its address, by which it calls itself.
    """

    def __init__(self, at):
        self.at = at

    def faulty(self, **faults):
        """From now on it has these faults, and no others."""
        self._posted("/faults", json.dumps(faults).encode())

    def asked(self):
        """How often which of its paths was asked for."""
        with urllib.request.urlopen(f"{self.at}/asked") as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def choose(self, address, person):
        """Somebody signs in there; gives where his browser is sent."""
        sent = urllib.request.Request(address, data=f"person={person}".encode())  # noqa: S310
        try:
            with urllib.request.build_opener(_Still).open(sent) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as redirected:
            return redirected.headers["location"]

    def _posted(self, path, body):
        kind = {"content-type": "application/json"}
        asked = urllib.request.Request(self.at + path, body, kind)  # noqa: S310 - loopback
        urllib.request.urlopen(asked).close()  # noqa: S310


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Client:
    """The one client that it knows."""

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, uri):
        return uri.endswith("/sign-in/openid/back")

    def check_client_secret(self, secret):
        return secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, kind):
        return kind == "code"

    def check_grant_type(self, kind):
        return kind == "authorization_code"

    id_token_signed_response_alg = "RS256"  # noqa: S105 - an algorithm


def unsafe(token, alg, key):
    """What a token says without a signature, or signed with the public key as a shared secret."""
    import base64
    import hashlib
    import hmac

    def packed(content):
        return base64.urlsafe_b64encode(content).rstrip(b"=")

    head = packed(json.dumps({"alg": alg, "kid": key.kid}).encode())
    signed = head + b"." + token.split(".")[1].encode()
    public = key.as_pem(private=False)
    mark = b"" if alg == "none" else hmac.new(public, signed, hashlib.sha256).digest()
    return (signed + b"." + packed(mark)).decode()


def served():  # noqa: C901, PLR0915 - routes of one small app
    """The provider as a Flask app, and what it knows."""
    from collections import Counter
    from types import SimpleNamespace

    from authlib.integrations.flask_oauth2 import AuthorizationServer
    from authlib.oauth2.rfc6749 import grants
    from authlib.oauth2.rfc7636 import CodeChallenge
    from authlib.oidc.core.grants import OpenIDCode
    from flask import Flask, Response, request
    from joserfc.jwk import KeySet, RSAKey

    app, asked, faults, codes = Flask("issuer"), Counter(), {}, {}
    keys = {"now": RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})}

    class Code(SimpleNamespace):
        def get_redirect_uri(self):
            return self.redirect_uri

        def get_scope(self):
            return self.scope

        def get_nonce(self):
            return self.nonce

        def get_auth_time(self):
            return int(time.time())

        def get_acr(self):
            return None

        def get_amr(self):
            return None

    class Grant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code, request):
            data = request.payload.data
            codes[code] = Code(
                code=code,
                redirect_uri=request.payload.redirect_uri,
                scope=request.payload.scope,
                nonce=data.get("nonce"),
                person=request.user.id,
                code_challenge=data.get("code_challenge"),
                code_challenge_method=data.get("code_challenge_method"),
            )

        def query_authorization_code(self, code, client):
            return codes.get(code)

        def delete_authorization_code(self, found):
            codes.pop(found.code)

        def authenticate_user(self, found):
            return SimpleNamespace(id=found.person)

    class Vouching(OpenIDCode):
        def exists_nonce(self, nonce, request):
            return False

        def resolve_client_private_key(self, client):
            return RSAKey.generate_key(2048) if faults.get("forged") else keys["now"]

        def get_client_algorithm(self, client):
            return "RS256"

        def get_encode_header(self, client):
            return {"alg": "RS256", "kid": keys["now"].kid}

        def get_client_claims(self, client):
            return {"iss": app.config["AT"]}

        def get_compatible_claims(self, request):
            now = int(time.time())
            return {"iss": app.config["AT"], "aud": [CLIENT], "iat": now, "exp": now + 300}

        def generate_user_info(self, user, scope):
            return {"sub": user.id, "name": PEOPLE[user.id]}

        def encode_id_token(self, token, request):
            made = self.generate_user_info(request.user, "")
            self.generate_user_info = lambda *_: made | faults.get("claims", {})
            try:
                made = super().encode_id_token(token, request)
            finally:
                del self.generate_user_info
            return unsafe(made, faults["alg"], keys["now"]) if "alg" in faults else made

    server = AuthorizationServer(
        app,
        query_client=lambda name: Client() if name == CLIENT else None,
        save_token=lambda *_: 0,
    )
    server.register_grant(Grant, [CodeChallenge(required=True), Vouching(require_nonce=True)])

    @app.before_request
    def noted():
        asked[request.path] += 1

    @app.get("/.well-known/openid-configuration")
    def described():
        if faults.get("redirect"):
            return Response(status=302, headers={"location": f"{app.config['AT']}/elsewhere"})
        if faults.get("large"):
            return Response(json.dumps({"issuer": "x" * 500_000}), mimetype="application/json")
        at = app.config["AT"]
        found = {"issuer": at, "authorization_endpoint": f"{at}/authorize"}
        found |= {"token_endpoint": f"{at}/token", "jwks_uri": f"{at}/keys"}
        return found | faults.get("described", {})

    @app.get("/elsewhere")
    def elsewhere():
        at = app.config["AT"]
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        return {"issuer": at} | dict.fromkeys(names, at)

    @app.get("/keys")
    def told():
        return KeySet([keys["now"]]).as_dict(private=False)

    @app.get("/authorize")
    def who():
        buttons = "".join(
            f'<button name="person" value="{one}">{name}</button>' for one, name in PEOPLE.items()
        )
        return f'<!doctype html><title>issuer</title><form method="post">{buttons}</form>'

    @app.post("/authorize")
    def chosen():
        person = SimpleNamespace(id=request.form["person"])
        grant = server.get_consent_grant(end_user=person)
        return server.create_authorization_response(grant_user=person, grant=grant)

    @app.post("/token")
    def token():
        return server.create_token_response()

    @app.post("/faults")
    def faulty():
        faults.clear()
        faults.update(request.get_json())
        if faults.pop("rotate", None):
            kid = f"k{asked['/faults']}"
            keys["now"] = RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})
        return {}

    @app.get("/asked")
    def counted():
        return dict(asked)

    return app


def main():
    """Serve on a port that is free, until stopped."""
    import os

    from werkzeug.serving import make_server

    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    app = served()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["AT"] = f"http://127.0.0.1:{server.server_port}"
    print(app.config["AT"], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
