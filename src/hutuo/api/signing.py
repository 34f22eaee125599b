"""The page on which people sign in: it needs no script, and nothing of the service is shown before."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from hutuo.api.paths import OPENID, SIGN_IN
from hutuo.errors import HutuoError, say

if TYPE_CHECKING:
    from hutuo.api.deployment import OpenID

__all__ = ["page"]

FILE = Path(__file__).with_name("sign-in.html")
PAGE = Environment(autoescape=True).from_string(FILE.read_text("utf-8"))
WORDS = {
    "zh": {
        "title": "登录",
        "lead": "本服务供多个机构共用;所见所能,依账号的角色与数据共享协议而定。",
        "account": "账号",
        "password": "密码",
        "go": "登录",
        "or": "或",
        "other": "English",
    },
    "en": {
        "title": "Sign in",
        "lead": "Several bodies share this service. What you see follows from your roles and from"
        " agreements on data.",
        "account": "Account",
        "password": "Password",
        "go": "Sign in",
        "or": "or",
        "other": "中文",
    },
}


def page(
    request: Request, openid: "OpenID | None", error: HutuoError | None = None
) -> HTMLResponse:
    """The page, in the language that is asked for or that the browser speaks.

    Args:
        request: Says the language (``lang``) and the page to go back to (``back``).
        openid: An issuer that may vouch for people.
        error: Why somebody was not let in.
    """
    lang = _lang(request)
    other = "zh" if lang == "en" else "en"
    asked = request.query_params.get("back")
    back = {} if asked is None else {"back": asked}
    rendered = PAGE.render(
        html_lang="en" if lang == "en" else "zh-CN",
        other_lang="zh-CN" if lang == "en" else "en",
        say=WORDS[lang],
        wrong=say(error.words, lang) if error else "",
        hint=say(error.advice, lang) if error else "",
        form=f"{SIGN_IN}?{urlencode({'lang': lang, **back})}",
        other=f"{SIGN_IN}?{urlencode({'lang': other, **back})}",
        there=f"{OPENID}?{urlencode({'lang': lang, **back})}",
        by=(openid.en if lang == "en" else openid.zh) if openid else "",
    )
    status = error.http_status if error else 200
    return HTMLResponse(rendered, status, headers={"Cache-Control": "no-store"})


def _lang(request: Request) -> str:
    asked = request.query_params.get("lang")
    if asked in ("zh", "en"):
        return asked
    spoken = request.headers.get("accept-language", "")
    return "en" if spoken.lower().startswith("en") else "zh"
