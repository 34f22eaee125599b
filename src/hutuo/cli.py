"""The command line: ``hutuo PART VERB --option``; a walk over the registry, with no list of its own.

Data goes to standard output, everything else to standard error. Exit codes stand in ``errors``.
"""

import os
import sys
from contextlib import contextmanager, suppress
from inspect import Parameter as Given
from inspect import Signature
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from cyclopts import App, CycloptsError, Parameter, UnknownCommandError

from hutuo import __version__
from hutuo.errors import BadAsk, HutuoError, NotFound
from hutuo.glossary import PARTS, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic.fields import FieldInfo

    from hutuo.verbs import Verb

INTERRUPTED = 130
# File of a deployment whose store and region commands on its server use.
DEPLOYMENT = "HUTUO_DEPLOYMENT"
ABOUT = Text(
    "管理都市圈的共同规划:hutuo 部分 功能 --选项",
    "Run the common plan of a metropolitan area: hutuo PART VERB --option",
)
EARLY = Text(
    "提示:{0} 时还没有任何已知数据,数据包发布于 {1}",
    "note: nothing was known by {0}, the pack was released on {1}",
)
SERVE = Text("启动网页与 REST 接口", "Start the web app and the REST API")
SERVES = Text(
    "网页在 {0},接口在 {0}/api/verbs;按 Ctrl-C 停止",
    "the web app is at {0}, the API at {0}/api/verbs; Ctrl-C stops it",
)
LISTEN = Text("记录 MQTT 代理收到的读数", "Record the readings that an MQTT broker has")
LISTEN_OPCUA = Text(
    "记录 OPC UA 服务器各节点的读数", "Record what the nodes of an OPC UA server tell"
)
LISTENS = Text(
    "正在记录 {0} 的读数;按 Ctrl-C 停止", "recording the readings at {0}; Ctrl-C stops it"
)
MAIL = Text("以邮件发出事件通知", "Send notices of incidents by mail")
MAILS = Text("正通过 {0} 发出通知;按 Ctrl-C 停止", "sending notices by {0}; Ctrl-C stops it")
VIEW = (
    ("region", str | None, None, "region: name of an embedded pack, or folder of one"),
    (
        "at",
        str | None,
        None,
        "what held on that day, or at an instant as 2026-05-06T08:00+08:00; default today",
    ),
    ("as_of", str | None, None, "what was known on that day; default all that is known"),
    ("branch", str, "main", "branch to read; default main"),
    ("lang", Literal["zh", "en"] | None, None, "language of names and notes; HUTUO_LANG, else zh"),
    ("json", bool, False, "print the answer as JSON"),
)
OUT = ("out", Path, Path("build/report"), "folder that files of the answer are written to")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        _deployed()
        _app(words)(words, exit_on_error=False, print_error=False)
    except UnknownCommandError as error:
        named = (error.unused_tokens or [""])[0]
        says = Text(f"没有命令“{named}”", _plain(error))
        hint = Text("见hutuo --help或hutuo 部分 --help", "see hutuo --help, or hutuo PART --help")
        return _fail(NotFound(says, hint), words)
    except CycloptsError as error:
        says = Text(f"命令有误:{_plain(error)}", _plain(error))
        hint = Text(
            "见hutuo --help或hutuo 部分 功能 --help", "see hutuo --help, or hutuo PART VERB --help"
        )
        return _fail(BadAsk(says, hint), words)
    except HutuoError as error:
        return _fail(error, words)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; the same command goes on from here\n")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def serve(*, host: str = "127.0.0.1", port: int = 8765, deployment: Path | None = None) -> None:
    """Start the web app and the REST API.

    Args:
        host: Address to listen on; others than loopback need a gate in front.
        port: Port to listen on; 0 is any that is free.
        deployment: TOML file of a service for several bodies, who sign in; HUTUO_DEPLOYMENT.
    """
    from hutuo.api import run

    named = os.environ.get(DEPLOYMENT)
    deployment = deployment or (Path(named) if named else None)
    run(host, port, _telling(SERVES), deployment)


def _telling(words: Text) -> "Callable[[str], object]":
    """Says where a command that runs on is at work, as soon as it is."""
    said = f"{words.say(_lang(None))}\n"
    return lambda at: sys.stderr.write(said.format(at))


def listen(
    *, broker: str = "127.0.0.1:1883", region: str | None = None, ca: Path | None = None
) -> None:
    """Record the readings that an MQTT broker has, until interrupted.

    Args:
        broker: Address of the broker, by TLS as mqtts://host; the password of a user that stands before the
            host is that of HUTUO_MQTT_PASSWORD.
        region: Name of an embedded pack, or folder of one.
        ca: PEM file of the authority that signed the broker's certificate, if it is your own.
    """
    from hutuo.api.mqtt import listen as recorded

    with suppress(KeyboardInterrupt):
        recorded(broker, region, _telling(LISTENS), ca=ca)


def listen_opcua(
    nodes: Path,
    *,
    server: str = "opc.tcp://127.0.0.1:4840",
    region: str | None = None,
    security: str | None = None,
) -> None:
    """Record what machines tell by OPC UA, until interrupted.

    Args:
        nodes: CSV file with the columns node and datastream.
        server: Address of the OPC UA server.
        region: Name of an embedded pack, or folder of one.
        security: Policy, mode, certificate and key, with commas between.
    """
    from hutuo.api.opcua import listen as recorded

    with suppress(KeyboardInterrupt):
        recorded(server, nodes, region, _telling(LISTENS), security=security)


def mail(
    addresses: Path,
    *,
    sender: str,
    server: str = "smtp://127.0.0.1",
    region: str | None = None,
    ca: Path | None = None,
    page: str | None = None,
) -> None:
    """Send notices of incidents by mail, until interrupted.

    Args:
        addresses: CSV file with the columns body, address and, if wanted, language (zh or en).
        sender: Address that messages come from.
        server: Address of the mail server, by TLS as smtps://user@host; the password of a user that stands
            before the host is that of HUTUO_SMTP_PASSWORD.
        region: Name of an embedded pack, or folder of one.
        ca: PEM file of the authority that signed the server's certificate, if it is your own.
        page: Address of the service as people open it, for a link in each message.
    """
    from hutuo.api.mail import send

    with suppress(KeyboardInterrupt):
        send(server, addresses, sender, region, _telling(MAILS), ca=ca, page=page)


def _deployed() -> None:
    """Use the store and the region of the service that is deployed on this machine, if one is named."""
    named = os.environ.get(DEPLOYMENT)
    if named:
        from hutuo.api.deployment import read_deployment

        read_deployment(Path(named)).prepare()


def _app(words: list[str]) -> App:
    """The commands; only the part that is called is imported, so that help stays quick."""
    version = f"hutuo {__version__}"
    lang = _lang(_option(words))
    about = ABOUT.say(lang)
    app = App(
        name="hutuo",
        version=version,
        help=about,
        help_format="plaintext",
        result_action="return_value",
        # Ours says how to go on.
        suppress_keyboard_interrupt=False,
    )
    named = next((word for word in words if not word.startswith("-")), None)
    for part, title in PARTS.items():
        group = App(name=part, help=title.say(lang))
        if part == named:
            from hutuo.verbs import verbs_of

            for found in verbs_of(part):
                about = Text(f"{found.title.zh}。", found.summary).say(lang)
                group.command(_command(found), name=found.name, help=about)
        app.command(group)
    app.command(serve, help=SERVE.say(lang))
    listening = App(name="listen", help=LISTEN.say(lang))
    listening.default(listen)
    listening.command(listen_opcua, name="opcua", help=LISTEN_OPCUA.say(lang))
    app.command(listening)
    app.command(mail, help=MAIL.say(lang))
    return app


def _command(found: "Verb") -> "Callable[..., None]":
    """A function with the ask's fields and the view as its parameters."""
    fields = found.ask.model_fields
    view = [*VIEW, OUT] if _writes_files(found.answer) else list(VIEW)

    def command(*words: object, **given: Any) -> None:
        values = dict(zip(fields, words, strict=False)) | given
        door = {name: values.pop(name, default) for name, _, default, _ in view}
        ask = {name: _split(fields[name], v) for name, v in values.items() if v is not None}
        _answer(found, ask, door)

    parameters = [_parameter(name, field) for name, field in fields.items()]
    for name, kind, default, text in view:
        about = Parameter(help=text, negative=(), show_default=False)
        parameters.append(
            Given(name, Given.KEYWORD_ONLY, default=default, annotation=Annotated[kind, about])
        )
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def _parameter(name: str, field: "FieldInfo") -> Given:
    """Words are handed on as given: pydantic reads and refuses them, as it does for REST."""
    text = (field.description or "") + (" (required)" if field.is_required() else "")
    choices = [str(choice) for choice in _choices(field.annotation)]
    if choices:
        text += f"; one of {', '.join(choices)}"
    default = field.default if not field.is_required() else None
    if default not in (None, "", [], ()):
        text += f"; default {','.join(map(str, default)) if isinstance(default, (list, tuple)) else default}"
    kind: Any = (
        bool | None if bool in (field.annotation, *get_args(field.annotation)) else str | None
    )
    about = Parameter(help=text, show_default=False)
    return Given(
        name, Given.POSITIONAL_OR_KEYWORD, default=None, annotation=Annotated[kind, about]
    )


def _choices(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return next((found for arg in get_args(annotation) if (found := _choices(arg))), ())


def _split(field: "FieldInfo", value: object) -> object:
    many = any(get_origin(a) is tuple for a in (field.annotation, *get_args(field.annotation)))
    return (
        [word for word in value.split(",") if word] if many and isinstance(value, str) else value
    )


def _answer(found: "Verb", given: dict[str, object], door: dict[str, Any]) -> None:
    import hutuo

    lang = _lang(door["lang"])
    ask = found.read(given)
    region = None
    if found.needs_region:
        region = hutuo.open(
            door["region"], at=door["at"], as_of=door["as_of"], branch=door["branch"]
        )
        if region.as_of and region.as_of.date() < region.info.released:
            sys.stderr.write(
                EARLY.say(lang).format(region.as_of.date(), region.info.released) + "\n"
            )
    from hutuo.base import deeds

    deed = deeds.Deed("cli", found.path, ask, door["branch"])
    with _bar(lang), deeds.doing(deed):
        answer = found.run(region, ask)
    if door["json"]:
        sys.stdout.write(found.dumps(answer, lang, indent=2).decode() + "\n")
        return
    if "out" in door:
        for file in answer.files:
            door["out"].mkdir(parents=True, exist_ok=True)
            path = door["out"] / file.name
            path.write_bytes(file.content)
            sys.stdout.write(f"{path}\n")
        return
    from hutuo.terminal import show

    show(found, found.plain(answer, lang), lang)


@contextmanager
def _bar(lang: str) -> "Iterator[None]":
    """A bar of what the verb reports, in a terminal; it comes with the first report and goes at the end."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from hutuo.progress import Progress, listening

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task: TaskID | None = None

        def heard(progress: Progress) -> None:
            nonlocal task
            if task is None:
                task = bar.add_task("", total=1.0)
            step = progress.step.say(lang)
            total = None if progress.share is None else 1.0
            bar.update(task, description=step, total=total, completed=progress.share or 0.0)

        with listening(heard):
            yield


def _writes_files(answer: Any) -> bool:
    """Whether an answer holds files, and not only their number."""
    held = getattr(answer, "model_fields", {}).get("files")
    return held is not None and get_origin(held.annotation) in (list, tuple)


def _lang(given: str | None) -> str:
    """The language asked for: the option, ``HUTUO_LANG``, an English locale, else Chinese."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    wanted = given or os.environ.get("HUTUO_LANG") or ("en" if locale.startswith("en") else "zh")
    return "en" if wanted.startswith("en") else "zh"


def _option(words: list[str]) -> str | None:
    """The language that is typed, read before anything else is."""
    apart = (word for before, word in pairwise(words) if before == "--lang")
    return next(apart, None)


def _fail(error: HutuoError, words: list[str]) -> int:
    lang = _lang(_option(words))
    if "--json" in words:
        import json

        sys.stderr.write(json.dumps(error.as_dict(lang), ensure_ascii=False) + "\n")
    else:
        told = error.as_dict(lang)
        wrong, help_ = (("error: ", "hint: "), ("错误:", "提示:"))[lang != "en"]
        hint = f"\n{help_}{told['hint']}" if told["hint"] else ""
        sys.stderr.write(f"{wrong}{told['message']}{hint}\n")
    return error.exit_code


def _plain(error: CycloptsError) -> str:
    return str(error).strip().replace("\n", " ")


def script() -> None:
    """Entry point of the installed command."""
    sys.exit(main())
