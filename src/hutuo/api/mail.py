"""Notices of incidents by mail: each body that is told of one gets a message at the addresses of a table.

Messages go to one mail server, which the office names; by TLS where the address says so or the server offers
it, and an account is shown to it by TLS only. What the server cannot take now is tried again, what it refuses
for good is told and kept.

Source: RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 8314 (submission by TLS).
"""

import logging
import re
import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.api import addresses
from hutuo.api.addresses import Address, Scheme
from hutuo.api.books import lines
from hutuo.duty import mailing
from hutuo.errors import BadAsk, BadInput, Finding, HutuoError, Unavailable
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Reader", "readers", "send"]

SCHEMES = {"smtp": Scheme(25, tls=False), "smtps": Scheme(465, tls=True)}
FROM_ENVIRONMENT = "HUTUO_SMTP_PASSWORD"
COLUMNS = ("body", "address")
# Seconds between looks at what is new; until the server must have answered; until it is tried again.
EVERY, ANSWERED, LATER = 2.0, 30.0, 20.0
# Answers of 500 and more are for good (RFC 5321, 4.2.1).
FOR_GOOD = 500
# One address as servers take it: no blanks, no list, no line that would begin another header.
ONE = re.compile(r"[^\s@<>,;:\"]{1,64}@[^\s@<>,;:\"]{1,255}")
log = logging.getLogger("hutuo")


class Reader(NamedTuple):
    """Who reads what a body is told: an address, and the language it is told in."""

    address: str
    lang: Literal["zh", "en"]


def send(  # noqa: PLR0913 - what there is to say of a mail server
    server: str,
    book: Path,
    sender: str,
    region: str | None = None,
    told: Callable[[str], object] = log.info,
    stop: threading.Event | None = None,
    ca: Path | None = None,
    page: str | None = None,
) -> None:
    """Send notices of incidents until interrupted.

    Args:
        server: Its address, as ``smtp://127.0.0.1``, or ``smtps://user@mail.example`` by TLS; a password
            that is not given is that of ``HUTUO_SMTP_PASSWORD``.
        book: CSV file with the columns ``body``, ``address`` and, if wanted, ``language`` (zh or en).
        sender: Address that messages come from.
        region: Name or folder of the region; the default one if None.
        told: Is given the server's place once it has answered.
        stop: Ends it when it is set.
        ca: PEM file of the authority that signed the server's certificate; those of the system if None.
        page: Address of the service as people open it, for a link in each message.

    Raises:
        BadAsk: An address is none.
        BadInput: The table is faulty; all of it is told.
        Unavailable: The server does not answer, or refuses the account, at the start.
    """
    import hutuo

    address = addresses.read(server, SCHEMES, FROM_ENVIRONMENT)
    if not ONE.fullmatch(sender):
        says = Text(f"“{sender}”不是邮箱地址", f"'{sender}' is no address of mail")
        raise BadAsk(says, Text("如duty@example.org", "as duty@example.org"))
    view = hutuo.open(region)
    post = _Post(view, address, readers(view, book), sender, ca, page)
    stop = stop or threading.Event()
    with post.line():
        told(address.place)
    while not stop.wait(EVERY):
        try:
            post.step()
        except HutuoError as error:
            log.warning("%s", error.message)
            stop.wait(LATER)


def readers(region: "Region", book: Path) -> dict[str, list[Reader]]:
    """Who reads what each body is told.

    Raises:
        BadInput: The table is faulty; all of it is told.
    """
    known = {row["body"] for row in region.records("body")}
    rows, faults = lines(book, COLUMNS)
    found: dict[str, list[Reader]] = {}
    for line, row in rows:
        body, address, lang = row["body"], row["address"], row.get("language", "")
        faults += [
            Finding(book.name, line, column, fault)
            for column, fault in _faults(body in known, address, lang)
        ]
        found.setdefault(body, []).append(Reader(address, "en" if lang == "en" else "zh"))
    if faults:
        says = Text(f"通讯录{book.name}有误:", f"the table of addresses {book.name} is faulty:")
        raise BadInput(says, faults)
    return found


def _faults(known: bool, address: str, lang: str) -> Iterator[tuple[str, Text]]:  # noqa: FBT001
    if not known:
        yield "body", Text("没有这个机构", "there is no such body")
    if not ONE.fullmatch(address):
        right = "duty@example.org"
        yield "address", Text(f"应为一个邮箱地址,如{right}", f"one address is right, as {right}")
    if lang not in {"", "zh", "en"}:
        yield "language", Text("应为zh或en", "zh or en is right")


class _Post:
    """What is sent where, and by which server."""

    def __init__(
        self,
        region: "Region",
        address: Address,
        book: dict[str, list[Reader]],
        sender: str,
        ca: Path | None,
        page: str | None,
    ) -> None:
        self._region, self._address, self._book = region, address, book
        self._sender, self._page = sender, page
        # Read once, so that a file that is none is told at the start.
        self._trusted = addresses.trusting(ca)

    @contextmanager
    def line(self) -> Iterator[smtplib.SMTP]:
        """A line to the server, on which the account has been shown.

        Raises:
            Unavailable: The server does not answer, has no TLS for the account, or refuses it.
        """
        at = self._address
        try:
            line = (
                smtplib.SMTP_SSL(at.host, at.port, timeout=ANSWERED, context=self._trusted)
                if at.tls
                else smtplib.SMTP(at.host, at.port, timeout=ANSWERED)
            )
        except (OSError, smtplib.SMTPException) as error:
            raise self._unavailable(str(error)) from error
        try:
            self._introduced(line)
            yield line
        finally:
            with suppress(OSError, smtplib.SMTPException):
                line.quit()
            line.close()

    def _introduced(self, line: smtplib.SMTP) -> None:
        at = self._address
        try:
            line.ehlo_or_helo_if_needed()
            if not at.tls and line.has_extn("starttls"):
                line.starttls(context=self._trusted)
            elif not at.tls and at.user:
                raise self._unavailable("it offers no TLS, and an account is not shown without")
            if at.user:
                line.login(at.user, at.password or "")
        except (OSError, smtplib.SMTPException) as error:
            raise self._unavailable(str(error)) from error

    def step(self) -> None:
        """Send what is new.

        Raises:
            Unavailable: The server is not there; what was not sent is sent later.
        """
        rows = mailing.taken(self._region, self._book, datetime.now(UTC))
        left = {row["notice"] for row in rows}
        if not rows:
            return
        # Names are read anew.
        view = replace(self._region)
        try:
            with self.line() as line:
                for row in rows:
                    if self._sent(line, view, row):
                        left.discard(row["notice"])
        except (OSError, smtplib.SMTPException) as error:
            raise self._unavailable(str(error)) from error
        finally:
            if left:
                mailing.dropped(self._region, left)

    def _sent(self, line: smtplib.SMTP, view: "Region", row: dict[str, Any]) -> bool:
        """Whether a notice is done with: it went out to somebody, or was refused for good by all."""
        refused: list[str] = []
        went = later = False
        for reader in self._book[row["body"]]:
            try:
                line.send_message(self._message(view, row, reader))
                went = True
            except smtplib.SMTPRecipientsRefused as error:
                ((code, says),) = error.recipients.values()
                later |= code < FOR_GOOD
                refused.append(f"{reader.address}: {code} {says.decode(errors='replace')}")
            except smtplib.SMTPResponseException as error:
                later |= error.smtp_code < FOR_GOOD
                refused.append(f"{reader.address}: {error.smtp_code} {error.smtp_error!r}")
        for fault in refused:
            log.warning("notice %s: %s", row["notice"], fault)
        if not went and later:
            return False
        state: Literal["sent", "refused"] = "sent" if went else "refused"
        mailing.done(
            self._region, row["notice"], state, datetime.now(UTC), "; ".join(refused) or None
        )
        return True

    def _message(self, view: "Region", row: dict[str, Any], reader: Reader) -> EmailMessage:
        said = mailing.message(view, row, reader.lang, self._page)
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = self._sender, reader.address, said.subject
        made["Date"] = format_datetime(row["told_at"].astimezone(view.zone))
        made["Message-ID"] = f"<{said.name}>"
        # No answering machine answers it (RFC 3834).
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(said.body)
        return made

    def _unavailable(self, why: str) -> Unavailable:
        at = self._address.place
        says = Text(
            f"{at}的邮件服务器不可用:{why}", f"the mail server at {at} is of no use: {why}"
        )
        return Unavailable(says, Text("请检查地址和账号", "look at its address and the account"))
