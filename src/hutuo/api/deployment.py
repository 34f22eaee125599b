"""How a service for several bodies is deployed: read from one TOML file, every fault of it told at once."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hutuo.base.sharing.identities import Made
from hutuo.base.sharing.rules import SignIn
from hutuo.base.store import VARIABLE
from hutuo.errors import BadAsk, BadInput, Finding, NotFound
from hutuo.glossary import Text
from hutuo.verbs import told, wrong

REGION = "HUTUO_REGION"
_CLOSED = ConfigDict(extra="forbid", frozen=True)


class SignInRules(BaseModel):
    """How people sign in; see :class:`hutuo.base.sharing.rules.SignIn`."""

    model_config = _CLOSED

    hours: Annotated[float, Field(gt=0, le=24 * 7)] = 8
    idle_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 60
    attempts: Annotated[int, Field(ge=3, le=100)] = 5
    locked_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 15

    def rules(self) -> SignIn:
        """As accounts take them."""
        return SignIn(**self.model_dump())


class OpenID(BaseModel):
    """An issuer that vouches for people (OpenID Connect).

    Attributes:
        issuer: Its URL, as it calls itself; http only on the machine itself.
        client: What it calls this service.
        secret_file: File that holds what this service shows to it; none for a client without a secret.
        zh: What the button on the sign-in page says in Chinese.
        en: And in English.
        scopes: What is asked of it.
        authorities: Certificates of authorities that it is known by (PEM); else those that are usual.
        kept_minutes: How long its addresses and keys are kept.
        create: Roles of the account that an unknown identity gets; none: it waits for a word.
        body: Body of such an account.
    """

    model_config = _CLOSED

    issuer: Annotated[str, Field(max_length=500)]
    client: Annotated[str, Field(min_length=1, max_length=200)]
    secret_file: Path | None = None
    zh: str = "统一身份认证登录"
    en: str = "Sign in with your organisation"
    scopes: tuple[str, ...] = ("openid", "profile")
    authorities: Path | None = None
    kept_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 60
    create: tuple[Literal["viewer", "analyst", "steward", "officer"], ...] = ()
    body: str | None = None

    @model_validator(mode="after")
    def _right(self) -> "OpenID":
        at = urlsplit(self.issuer)
        here = at.scheme == "http" and at.hostname in ("127.0.0.1", "::1", "localhost")
        if not (at.scheme == "https" and at.hostname) and not here:
            raise wrong(Text("issuer须为https地址", "issuer has to be an https URL"))
        if at.query or at.fragment or at.username:
            raise wrong(Text("issuer只含主机与路径", "issuer has a host and a path alone"))
        if "openid" not in self.scopes:
            raise wrong(Text("scopes须含openid", "scopes need openid among them"))
        if self.body is not None and not self.create:
            raise wrong(Text("body只与create一起用", "body goes with create"))
        for file in (self.secret_file, self.authorities):
            if file is not None and not file.is_file():
                raise wrong(Text(f"没有文件“{file}”", f"no file '{file}'"))
        return self

    def secret(self) -> str | None:
        """What this service shows to the issuer; None if nothing."""
        if self.secret_file is None:
            return None
        return self.secret_file.read_text(encoding="utf-8").strip()

    def made(self) -> Made | None:
        """What account an unknown identity gets; None for none."""
        return Made(self.create, self.body) if self.create else None


class Limits(BaseModel):
    """What the service takes.

    Attributes:
        ask_bytes: Largest body of a request.
        upload_bytes: Largest file.
        body_seconds: How long a piece of a body may be waited for.
        requests_per_minute: Of one account.
        sign_ins_per_minute: From one address.
        at_once: Requests that are answered at the same time; more are turned away.
        listeners: Pages that are told what is new as it happens, at the same time; beside ``at_once``.
    """

    model_config = _CLOSED

    ask_bytes: Annotated[int, Field(ge=1_000, le=1_000_000)] = 1_000_000
    upload_bytes: Annotated[int, Field(ge=1_000, le=512_000_000)] = 512_000_000
    body_seconds: Annotated[float, Field(gt=0, le=600)] = 30
    requests_per_minute: Annotated[int, Field(ge=1)] = 1_200
    sign_ins_per_minute: Annotated[int, Field(ge=1)] = 10
    at_once: Annotated[int, Field(ge=1, le=10_000)] = 64
    listeners: Annotated[int, Field(ge=1, le=10_000)] = 256


class Deployment(BaseModel):
    """A deployment.

    Attributes:
        region: The one region that is served: name of an embedded pack, or folder of one.
        hosts: Names under which the service is asked for; others are refused.
        store: URL of the transactional store; a file in the data folder if none is given.
        tls: Whether browsers reach it by https, through a proxy in front; cookies are then kept from http.
        sign_in: How people sign in.
        openid: An issuer that vouches for them, beside passwords.
        limits: What the service takes.
    """

    model_config = _CLOSED

    region: str
    hosts: Annotated[tuple[str, ...], Field(min_length=1)] = ("127.0.0.1", "localhost")
    store: str | None = None
    tls: bool = True
    sign_in: SignInRules = SignInRules()
    openid: OpenID | None = None
    limits: Limits = Limits()

    def prepare(self) -> None:
        """Let this process use the store and the region of the deployment.

        Raises:
            BadAsk: The environment names others.
        """
        for variable, wanted in ((VARIABLE, self.store), (REGION, self.region)):
            if wanted is None:
                continue
            if os.environ.get(variable, wanted) != wanted:
                raise BadAsk(
                    Text(
                        f"环境变量{variable}与部署文件不一致",
                        f"the environment's {variable} is not that of the deployment file",
                    ),
                    Text("去掉其中一个", "leave one of them out"),
                )
            os.environ[variable] = wanted


def read_deployment(path: Path) -> Deployment:
    """The deployment that a file describes.

    Raises:
        NotFound: There is no such file.
        BadInput: It is no TOML, or something in it is wrong; all findings are told.
    """
    hint = Text("各项见docs/deployment.md", "docs/deployment.md says what it holds")
    if not path.is_file():
        raise NotFound(Text(f"没有文件“{path}”", f"no file '{path}'"), hint)
    try:
        return Deployment.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        findings = [
            Finding(path.name, None, ".".join(map(str, fault["loc"])), told(fault))
            for fault in error.errors(include_url=False)
        ]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        findings = [Finding(path.name, None, "", str(error))]
    says = Text(f"部署文件{path.name}有误:", f"the deployment file {path.name} is faulty:")
    raise BadInput(says, findings, hint)
