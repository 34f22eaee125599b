"""The ledger in SQL against a list that is summed anew: whatever is posted, both say the same."""

import itertools
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import ledgered
from hutuo.base.store import Store
from hutuo.errors import BadInput, HutuoError
from hutuo.ledger import balances as past_balances
from hutuo.ledger import batches, entries, journal, state
from hutuo.ledger.balances import Standing, balances
from hutuo.ledger.entries import Leg, read_entries
from hutuo.ledger.journal import Journal
from hutuo.ledger.log import head_of
from hutuo.ledger.schema import LEDGER
from hutuo.ledger.state import Balance, State
from hutuo.ledger.verifying import verified
from ledgered import BOOKS, leg

ACCOUNTS = ("outside/bank", "a/cash", "b/cash", "a/due:b", "b/due:a")
COMMODITIES = ("CNY", "TCE", "voucher:a")
FIRST = date(2025, 1, 1)
# Most machines are in memory where the machine has such a folder; what is durable is tested by kills.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# The simplest is the latest, which is seldom closed.
days = st.integers(0, 9).map(lambda n: str(FIRST + timedelta(days=9 - n)))
accounts = st.sampled_from(ACCOUNTS)
amounts = st.integers(1, 12)
commodities = st.sampled_from(COMMODITIES)
picks = st.integers(0, 10**6)


@st.composite
def moved(draw):
    """Postings that move an amount from one account to another or several, in both books."""
    giver, *takers = draw(st.lists(accounts, min_size=2, max_size=4, unique=True))
    commodity = draw(commodities)
    shares = [draw(amounts) for _ in takers]
    legs = [leg(taker, share, commodity) for taker, share in zip(takers, shares, strict=True)]
    return [leg(giver, -sum(shares), commodity), *legs]


@st.composite
def shared(draw):
    """Postings that come in where it happens and, as agreed, are another's in part."""
    giver, first, second = draw(st.lists(accounts, min_size=3, max_size=3, unique=True))
    commodity, amount = draw(commodities), draw(amounts)
    part = draw(st.integers(1, amount))
    legs = [leg(giver, -amount, commodity), leg(first, amount, commodity, "in_place")]
    if part < amount:
        legs.append(leg(first, amount - part, commodity, "as_agreed"))
    return [*legs, leg(second, part, commodity, "as_agreed")]


@st.composite
def to_itself(draw):
    """Postings of one account to itself: out of both books, back into each; or plainly, which is refused."""
    account, amount, commodity = draw(accounts), draw(amounts), draw(commodities)
    back = [leg(account, amount, commodity, book) for book in BOOKS]
    plain = [leg(account, amount, commodity)]
    return [leg(account, -amount, commodity), *(back if draw(st.booleans()) else plain)]


@st.composite
def careless(draw):
    """Postings in any book with any amount: mostly they do not balance."""
    sizes = st.integers(-3, 3)
    some = st.builds(leg, accounts, sizes, commodities, st.sampled_from((None, *BOOKS)))
    return draw(st.lists(some, min_size=0, max_size=4))


legs = st.one_of(
    moved(),
    moved(),
    shared(),
    moved().flatmap(lambda a: moved().map(lambda b: [*a, *b])),
    to_itself(),
)


class Machine(RuleBasedStateMachine):
    """Two processes that post to one ledger, and the list that tells what should come of it."""

    def __init__(self):
        super().__init__()
        self.model = ledgered.Ledger()
        self.asked: list[dict] = []
        self.recorded: dict = {}
        self.heads = []
        self.open()
        self.journals = [Journal(store) for store in self.stores]

    def open(self):
        """Two stores of one empty ledger."""
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY, prefix="hutuo-machine-"))
        shutil.copy(template(), self.folder / "store.sqlite")
        url = f"sqlite:///{self.folder / 'store.sqlite'}"
        self.stores = [Store(url, "x"), Store(url, "x")]

    def teardown(self):
        for store in self.stores:
            store.close()
        shutil.rmtree(self.folder)

    def key(self):
        return f"k{len(self.asked)}"

    def entry(self, **values):
        made = {"key": self.key(), "effective": str(FIRST + timedelta(days=9))} | values
        self.asked.append(made)
        return made

    def named(self, pick):
        """Key of an entry that was asked for before, or of none."""
        keys = [one["key"] for one in self.asked]
        return keys[pick % len(keys)] if keys and pick % 17 < 16 else "nobody"

    def kinds(self, *kinds, done=False):
        """Keys of the entries of these kinds that nothing refers to yet, or that something does."""
        found = self.model.entries
        referred = {one.entry["refers"] for one in found}
        keys = [one.entry["key"] for one in found if one.entry["kind"] in kinds]
        return [key for key in keys if (key in referred) == done]

    def fitting(self, pick, *kinds):
        """Key of an entry of these kinds, if there is one; now and then of one that is done, or of any."""
        keys, done = self.kinds(*kinds), self.kinds(*kinds, done=True)
        if done and pick % 5 == 0:
            return done[pick % len(done)]
        return keys[pick % len(keys)] if keys and pick % 7 < 6 else self.named(pick)

    @initialize(first=st.lists(shared(), min_size=1, max_size=3))
    def begin(self, first):
        for postings in first:
            self.check([self.entry(postings=postings, effective=str(FIRST))], 0)

    @rule(postings=legs, day=days, pending=st.booleans(), process=st.integers(0, 1))
    def post(self, postings, day, pending, process):
        kind = "pending" if pending else "posted"
        self.check([self.entry(postings=postings, effective=day, kind=kind)], process)

    @rule(postings=careless(), process=st.integers(0, 1))
    def post_carelessly(self, postings, process):
        self.check([self.entry(postings=postings)], process)

    @precondition(lambda self: self.kinds("pending"))
    @rule(pick=picks, day=days, other=st.one_of(st.none(), legs), process=st.integers(0, 1))
    def settle(self, pick, day, other, process):
        refers = self.fitting(pick, "pending")
        postings = other if other and not ledgered.malformed(other) else []
        made = self.entry(refers=refers, effective=day, kind="settle", postings=postings)
        self.check([made], process)

    @precondition(lambda self: self.kinds("pending"))
    @rule(pick=picks, day=days, process=st.integers(0, 1))
    def void(self, pick, day, process):
        refers = self.fitting(pick, "pending")
        self.check([self.entry(refers=refers, effective=day, kind="void")], process)

    @rule(pick=picks, day=days, process=st.integers(0, 1))
    def reverse(self, pick, day, process):
        refers = self.fitting(pick, "posted", "settle", "reversal")
        self.check([self.entry(refers=refers, effective=day, kind="reversal")], process)

    @rule(pick=picks, more=st.integers(0, 1), pending=st.booleans())
    def spend(self, pick, more, pending):
        """Take out of an account that is not to be overdrawn just what is there, or one more."""
        left = {
            place: [self.left(*place, book) for book in BOOKS] for place in self.model.places()
        }
        # Where the books differ, one of them is short alone.
        apart = [place for place, (one, other) in left.items() if one != other]
        places = [place for place in apart or left if max(left[place]) > 0]
        if not places:
            return
        account, commodity = places[pick % len(places)]
        if self.model.least(account) is None:
            terms = {"account": account, "least": 0}
            self.check([self.entry(kind="open", terms=terms)], pick % 2)
        amount = max(min(left[account, commodity]), 0) + more
        if not amount:
            return
        other = ACCOUNTS[(ACCOUNTS.index(account) + 1) % len(ACCOUNTS)]
        postings = [leg(account, -amount, commodity), leg(other, amount, commodity)]
        made = self.entry(postings=postings, kind="pending" if pending else "posted")
        self.check([made], pick % 2)

    def left(self, account, commodity, book):
        """What may be taken out of an account by the list."""
        posted, reserved, _ = self.model.balance(account, commodity, book)
        return posted - reserved - (self.model.least(account) or 0)

    @rule(account=accounts, least=st.sampled_from((None, 0, 0, -10)), process=st.integers(0, 1))
    def give_terms(self, account, least, process):
        terms = {"account": account, "least": least}
        self.check([self.entry(kind="open", terms=terms)], process)

    @rule(day=st.integers(0, 8), process=st.integers(0, 1))
    def close_period(self, day, process):
        # Mostly early, so that something can still be posted after it.
        until = str(FIRST + timedelta(days=day - 3))
        self.check([self.entry(kind="close", effective=until)], process)

    @rule(pick=picks, process=st.integers(0, 1))
    def ask_again(self, pick, process):
        if self.asked:
            self.check([self.asked[pick % len(self.asked)]], process)

    @rule(pick=picks, day=days, process=st.integers(0, 1))
    def use_a_key_again(self, pick, day, process):
        if self.asked:
            before = self.asked[pick % len(self.asked)]
            self.check([before | {"memo": "another", "effective": day}], process)

    @rule(
        many=st.lists(st.tuples(legs, days), min_size=2, max_size=4),
        process=st.integers(0, 1),
        pick=picks,
    )
    def post_together(self, many, process, pick):
        rows = [self.entry(postings=postings, effective=day) for postings, day in many]
        first = rows[0]["key"]
        if pick % 3 == 0:
            rows[0]["kind"] = "pending"
            rows.append(self.entry(kind="settle" if pick % 2 else "void", refers=first))
        elif pick % 3 == 1:
            rows.append(self.entry(kind="reversal", refers=first))
        self.check(rows, process)

    @rule(postings=legs, day=days, process=st.integers(0, 1))
    def only_check(self, postings, day, process):
        made = self.entry(postings=postings, effective=day)
        self.check([made], process, check=True)

    @rule(process=st.integers(0, 1))
    def restart(self, process):
        self.journals[process] = Journal(self.stores[process])

    @rule(day=days, pick=picks, process=st.integers(0, 1))
    def look_back(self, day, pick, process):
        """Balances on a day, as known when some entry had been recorded, and both."""
        instants = sorted(set(self.recorded.values()))
        then = instants[pick % len(instants)] if instants else None
        at = date.fromisoformat(day)
        for standing in (Standing(at), Standing(as_of=then), Standing(at, then)):
            self.compare(standing, self.past(standing), process)

    def past(self, standing):
        """Whether an entry of the list is in a past of the ledger."""

        def holds(one):
            early = standing.at is None or one.entry["effective"] <= str(standing.at)
            known = standing.as_of is None or self.recorded[one.seq] <= standing.as_of
            return early and known

        return holds

    def check(self, rows, process, *, check=False):
        """Ask both for the same entries; both answer the same."""
        faulty = any(
            ledgered.malformed(row.get("postings", []))
            for row in rows
            if row.get("kind", "posted") in {"posted", "pending"}
        )
        try:
            given = read_entries(rows, "given")
        except BadInput:
            assert faulty, f"refused by itself: {rows}"
            return
        assert not faulty, f"not refused by itself: {rows}"
        wanted = self.model.ask(rows, check=check)
        try:
            found = self.journals[process].post(given, check=check)
        except BadInput as error:
            told = sorted({(finding.row, finding.column) for finding in error.findings})
            assert told == wanted.faults
            return
        assert wanted.faults == []
        assert [(one.seq, one.duplicate) for one in found] == wanted.seqs
        if not check:
            for one in found:
                assert self.recorded.setdefault(one.seq, one.recorded_at) == one.recorded_at

    def compare(self, standing, holds, process):
        with self.stores[process].reading(LEDGER) as connection:
            found = balances(connection, standing)
        for account, commodity in self.model.places():
            for book in BOOKS:
                parts = [found.get((account, commodity, b), Balance()) for b in ("both", book)]
                ours = tuple(sum(values) for values in zip(*parts, strict=True))
                assert ours == self.model.balance(account, commodity, book, holds)
        assert {place[:2] for place in found} <= set(self.model.places())

    @invariant()
    def balances_are_those_of_the_list(self):
        self.compare(Standing(), lambda _: True, len(self.asked) % 2)

    @invariant()
    def nothing_appears_and_the_region_is_the_same_in_both_books(self):
        with self.stores[0].reading(LEDGER) as connection:
            found = balances(connection, Standing())
        for commodity in COMMODITIES:
            regional = set()
            for book in BOOKS:
                held = {
                    place: one.posted
                    for place, one in found.items()
                    if place[1] == commodity and place[2] in {"both", book}
                }
                assert sum(held.values()) == 0
                regional.add(sum(v for place, v in held.items() if place[0] != "outside/bank"))
            assert len(regional) == 1

    @invariant()
    def it_is_verified_and_reaches_every_head(self):
        with self.stores[1].reading(LEDGER) as connection:
            last = head_of(connection)
            self.heads.append((last.seq, last.hash))
            head = self.heads[len(self.heads) // 2]
            told = verified(connection, head if head[0] else None)
        assert told.doubts == []
        assert (told.entries, told.hash) == (len(self.model.entries), last.hash)


_template: list[Path] = []


def template() -> Path:
    """The file of an empty ledger, made once."""
    if not _template or not _template[0].exists():
        file = Path(tempfile.mkdtemp(prefix="hutuo-template-")) / "store.sqlite"
        store = Store(f"sqlite:///{file}", "x")
        with store.writing(LEDGER):
            pass
        store.close()
        _template[:] = [file]
    return _template[0]


def run(machine=Machine, *, examples, steps=25):
    run_state_machine_as_test(
        machine,
        # Shrinking whole ledgers takes minutes; the steps that are told suffice.
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )


def test_the_ledger_says_what_a_list_of_its_entries_says():
    run(examples=60)


def test_in_postgresql_too(postgres):
    class OnServer(Machine):
        made = itertools.count(1)

        def open(self):
            self.stores = [Store(postgres, f"machine_{next(self.made)}")] * 2

        def teardown(self):
            with self.stores[0].engine.begin() as connection:
                name = self.stores[0].schema
                connection.execute(sa.schema.DropSchema(name, cascade=True, if_exists=True))
            self.stores[0].close()

    run(OnServer, examples=12, steps=15)


@pytest.mark.long
def test_the_ledger_says_what_a_list_of_its_entries_says_two_thousand_times():
    run(examples=2_000, steps=40)


class Early(dict):
    """Closed days that end a day too soon."""

    def get(self, key, default=None):
        found = super().get(key, default)
        return found - timedelta(days=1) if isinstance(found, date) else found


def early(self, init=State.__init__):
    init(self)
    self.closed = Early()


def half(seq, legs, rows_of=batches.rows_of):
    return rows_of(seq, legs)[:-1] if len(legs) > 2 else rows_of(seq, legs)


def one_way(kept):
    """Reserving, or letting go, alone."""
    whole = state._reserve

    def reserve(change, legs, *, sign):
        if sign == kept:
            whole(change, legs, sign=sign)

    return reserve


def writes(entries, digests, by, file, check, *more):
    return batches.Ticket(entries, digests, by, file, False, *more)


def short_at(self, account, commodity, book):
    least = self.accounts[account].least
    return least is not None and self.available(account, commodity, book) <= least


def nothing(asked):
    """A statement that finds nothing."""
    return type(asked)(*(one.where(sa.false()) for one in asked))


def posted_alone(self, account, commodity, book):
    places = [(account, commodity, one) for one in ("both", book)]
    return sum(self.balances.get(place, Balance()).posted for place in places)


def past(kept):
    """Conditions of the past without one of them."""
    whole = past_balances.holding
    return lambda standing, *given: whole(Standing(**{kept: getattr(standing, kept)}), *given)


# What is put in the place of what: a fault in a rule each, as a careless change would make it.
MUTANTS = {
    "the least balance itself counts as overdrawn": (State, "_is_short", short_at),
    "no account is ever overdrawn": (State, "_is_short", lambda *_: False),
    "what is reserved can be spent": (State, "available", posted_alone),
    "overdrafts are looked for in one book": (state, "BOOKS", ("in_place",)),
    "a pending entry reserves nothing": (state, "_reserve", one_way(-1)),
    "settling and voiding let go of nothing": (state, "_reserve", one_way(1)),
    "a reversal posts the same again": (Leg, "model_copy", lambda leg, update: leg),
    "a book is dropped": (state, "_place", lambda one: (one.account, one.commodity, "both")),
    "a period closes a day early": (State, "__init__", early),
    "what is settled can be settled again": (batches, "DONE", nothing(batches.DONE)),
    "a known key is not looked for": (batches, "BY_KEY", nothing(batches.BY_KEY)),
    "a key is taken for the whole entry": (journal, "asked_of", lambda entry: entry.key),
    "what another process wrote is not read": (batches.Batches, "forget", lambda _: None),
    "what is refused leaves something behind": (State, "take_back", lambda *_: None),
    "a posting of many is lost": (batches, "rows_of", half),
    "what is only checked is written": (journal, "Ticket", writes),
    "the day is ignored": (past_balances, "holding", past("as_of")),
    "the instant is ignored": (past_balances, "holding", past("at")),
    "a region may differ from book to book": (entries, "OUTSIDE", "nowhere"),
}


@pytest.mark.parametrize("fault", MUTANTS)
def test_a_planted_fault_is_caught(fault, monkeypatch):
    monkeypatch.setattr(*MUTANTS[fault])
    with pytest.raises((AssertionError, HutuoError, LookupError)):
        run(examples=60)
