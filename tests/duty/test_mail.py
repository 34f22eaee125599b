"""Notices by mail, through a real mail server: each once, in the reader's language, and never lost."""

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

import alarmed
import brokers
from hutuo.api import mail
from hutuo.duty import mailing
from hutuo.duty.incident import Incident, acted
from hutuo.errors import BadAsk, BadInput, NotFound, Unavailable

SENDER = "duty@hutuo.example"
BOOK = "body,address,language\nfirst,a@first.example,\nsecond,b@second.example,en\nabove,c@above.example,zh\n"
FLOOD = {"action": "raise", "protocol": "flood", "place": "990101", "level": "yellow"}


class Box:
    """A mail server's box; what it is told to refuse it refuses."""

    def __init__(self):
        self.came, self.refuse = [], {}

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - its name
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - its name
        self.came.append(
            (envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default))
        )
        return "250 OK"


@contextmanager
def served(box, port=0, **more):
    """Address of a mail server while the block runs."""
    controller = Controller(box, hostname="127.0.0.1", port=port or free(), **more)
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def free():
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def flooded(own):
    """An incident of which two bodies are told, and a third if they are late."""
    alarmed.prepare(own)
    acted(own, Incident(**FLOOD, zh="洪水", en="Flood"), alarmed.NOON)
    return own


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text(BOOK, encoding="utf-8")
    return path


def post(region, server, book, **more):
    address = mail.addresses.read(server, mail.SCHEMES, mail.FROM_ENVIRONMENT)
    given = {"ca": None, "page": None} | more
    return mail._Post(region, address, mail.readers(region, book), SENDER, *given.values())


def test_each_body_is_told_once_in_its_language(flooded, book):
    box = Box()
    with served(box) as at:
        one = post(flooded, at, book, page="https://hutuo.example/")
        one.step()
        one.step()
    by_reader = {to[0]: message for to, message in box.came}
    assert sorted(by_reader) == ["a@first.example", "b@second.example"]
    chinese, english = by_reader["a@first.example"], by_reader["b@second.example"]
    assert chinese["Subject"] == "黄色预警(三级):洪水(甲区)"
    assert english["Subject"].startswith("Warning, yellow (III): Flood (")
    assert "关注水情" in chinese.get_content()
    said = english.get_content()
    assert "Water comes from upstream" in said
    assert "https://hutuo.example/incidents?incident=1&lang=en" in said
    # 15 minutes after noon UTC, in the region's own time.
    assert "Please acknowledge by 2026-07-01 20:15" in said
    assert english["From"], english["Auto-Submitted"] == (SENDER, "auto-generated")
    notices = acted(flooded, Incident(action="show", incident=1), alarmed.NOON).notices
    # The third that was told has no address in the table.
    assert {row.body for row in notices if row.mailed_at} == {"first", "second"}
    assert all(row.mail_refused is None for row in notices)


def test_who_is_told_later_is_mailed_later_and_what_is_acknowledged_is_not(flooded, book):
    box = Box()
    acted(flooded, Incident(action="acknowledge", incident=1, body="first"), alarmed.NOON)
    with served(box) as at:
        post(flooded, at, book).step()
        assert [to for to, _ in box.came] == [["b@second.example"]]
        acted(flooded, Incident(action="note", incident=1, note="x"), alarmed.NOON)
        late = alarmed.NOON + timedelta(minutes=16)
        from hutuo.base.store import store_of
        from hutuo.duty.incidents import escalate
        from hutuo.duty.schema import DUTY

        with store_of(flooded).writing(DUTY) as connection:
            assert escalate(connection, late) == 1
        post(flooded, at, book).step()
    (_, (to, message)) = box.came
    assert to == ["c@above.example"]
    assert "下级未按时确认" in message.get_content()


def test_a_drill_says_that_it_is_one(own, book):
    alarmed.alarm(own)
    box = Box()
    with served(box) as at:
        post(own, at, book).step()
    assert {message["Subject"].split("]")[0] for _, message in box.came} == {"[演练", "[Drill"}


def test_nothing_is_lost_while_the_server_is_away_or_busy(flooded, book, caplog):
    box, port = Box(), free()
    one = post(flooded, f"127.0.0.1:{port}", book)
    with pytest.raises(Unavailable, match="mail server"):
        one.step()
    box.refuse["a@first.example"] = "451 try again later"
    with served(box, port):
        one.step()
        assert [to for to, _ in box.came] == [["b@second.example"]]
        assert "451" in caplog.text
        box.refuse.clear()
        one.step()
    assert sorted(to[0] for to, _ in box.came) == ["a@first.example", "b@second.example"]


def test_what_is_refused_for_good_is_told_and_not_tried_again(flooded, book):
    box = Box()
    box.refuse["a@first.example"] = "550 nobody of that name"
    with served(box) as at:
        one = post(flooded, at, book)
        one.step()
        box.refuse.clear()
        one.step()
    assert [to for to, _ in box.came] == [["b@second.example"]]
    notices = acted(flooded, Incident(action="show", incident=1), alarmed.NOON).notices
    refused = {row.body: row.mail_refused for row in notices if row.mailed_at}
    assert refused == {"first": "a@first.example: 550 nobody of that name", "second": None}


def test_two_senders_do_not_both_send(flooded, book):
    box = Box()
    with served(box) as at:
        both = [post(replace(flooded), at, book) for _ in range(2)]
        threads = [threading.Thread(target=one.step) for one in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(box.came) == 2


def test_what_a_sender_took_and_did_not_send_is_sent_again_by_the_same_name(flooded, book):
    """As if it was killed: the message has the same id, so that a reader sees it once."""
    begun = alarmed.NOON
    names = ["first", "second"]
    rows = mailing.taken(flooded, names, begun)
    assert len(rows) == 2
    assert mailing.taken(flooded, names, begun + mailing.AGAIN) == []
    again = mailing.taken(flooded, names, begun + mailing.AGAIN + timedelta(seconds=1))
    said = [
        [mailing.message(flooded, row, "zh", None).name for row in its] for its in (rows, again)
    ]
    assert said[0] == said[1]
    assert len(set(said[0])) == 2


def test_closed_incidents_are_not_mailed(flooded, book):
    for number in (1,):
        for task in acted(flooded, Incident(action="show", incident=number), alarmed.NOON).to_do:
            acted(flooded, Incident(action="drop", incident=number, task=task.task), alarmed.NOON)
        acted(flooded, Incident(action="close", incident=number), alarmed.NOON)
    box = Box()
    with served(box) as at:
        post(flooded, at, book).step()
    assert box.came == []


def test_an_account_is_shown_by_tls_only(flooded, book, tmp_path, monkeypatch):
    ca, _ = brokers.certified(tmp_path)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "broker.pem", tmp_path / "broker.key")
    box = Box()

    def known(_server, _session, _envelope, _mechanism, data):
        right = (data.login, data.password) == (b"hutuo", b"secret")
        return AuthResult(success=right, handled=False)

    asked = {"authenticator": known, "auth_required": True}
    monkeypatch.setenv("HUTUO_SMTP_PASSWORD", "secret")
    with served(box, tls_context=context, require_starttls=True, **asked) as at:
        post(flooded, f"smtp://hutuo@{at}", book, ca=ca).step()
        assert len(box.came) == 2
        with (
            pytest.raises(Unavailable, match="certificate verify failed"),
            post(flooded, f"smtp://hutuo@{at}", book).line(),
        ):
            pass
        with (
            pytest.raises(Unavailable, match="535"),
            post(flooded, f"smtp://hutuo:wrong@{at}", book, ca=ca).line(),
        ):
            pass
    with (
        served(box) as plain,
        pytest.raises(Unavailable, match="offers no TLS"),
        post(flooded, f"smtp://hutuo@{plain}", book).line(),
    ):
        pass


def test_faults_of_the_table_are_told_all_at_once(flooded, book):
    book.write_text("body,address,language\nnobody,a b@c,fr\nfirst,x@y.example\\nBcc: z@y,zh\n")
    with pytest.raises(BadInput) as told:
        mail.readers(flooded, book)
    said = str(told.value)
    for part in (
        "book.csv:2: body",
        "book.csv:2: address",
        "book.csv:2: language",
        "book.csv:3: address",
    ):
        assert part in said
    book.write_text("who,mail\n")
    with pytest.raises(BadInput, match=r"book\.csv:1: body: is missing"):
        mail.readers(flooded, book)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"server": "http://127.0.0.1"}, BadAsk),
        ({"sender": "not an address"}, BadAsk),
        ({"ca": "none.pem"}, NotFound),
        ({"server": "smtp://127.0.0.1:1"}, Unavailable),
    ],
)
def test_wrong_asks_are_told_at_the_start(flooded, own_folder, book, tmp_path, given, error):
    asked = {"server": "smtp://127.0.0.1:1", "sender": SENDER} | given
    if "ca" in asked:
        asked["ca"] = tmp_path / asked["ca"]
    with pytest.raises(error):
        mail.send(book=book, region=str(own_folder), **asked)


def test_the_command_sends_until_it_is_stopped(flooded, own_folder, book):
    box, stop, ready = Box(), threading.Event(), threading.Event()
    with served(box) as at:
        given = (at, book, SENDER, str(own_folder), lambda _at: ready.set(), stop)
        sender = threading.Thread(target=mail.send, args=given)
        sender.start()
        assert ready.wait(20)
        for _ in range(200):
            if len(box.came) == 2:
                break
            stop.wait(0.05)
        stop.set()
        sender.join(20)
    assert len(box.came) == 2
