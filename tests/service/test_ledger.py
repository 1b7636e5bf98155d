"""The ledger: only grows, adds up at every moment, moves nothing twice, and owes nobody more than there is."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import exc as sa_exc
from sqlalchemy import select

from service import db
from service.errors import NotFound
from service.ledger import posting, queries
from service.ledger.models import accounts, ledger_entries, postings
from service.models import metadata
from service.people.models import Person
from tests.support.talk import MONDAY, enrol

TODAY = date(2026, 11, 23)


def reason(key: str, words: str = "高铁站引导 2小时") -> posting.Reason:
    """Why something moves."""
    return posting.Reason("activities", words, TODAY, key)


def give(person: Person, amount: int, key: str, currency: str = posting.POINTS) -> int:
    """Credit a person and return the entry's id."""
    return posting.credit(person.id, currency, amount, reason(key), MONDAY).id


def has(person: Person, currency: str = posting.POINTS) -> int:
    """What the person has."""
    return queries.balance(person.id, currency)


@pytest.fixture
def yao(database: db.Engine) -> Person:
    """姚秉忠, who has nothing yet."""
    return enrol("姚秉忠")


def test_credit_and_debit(yao: Person) -> None:
    """Points come and go; hours are another matter."""
    give(yao, 120, "a")
    give(yao, 90, "b", posting.MINUTES)
    posting.debit(yao.id, posting.POINTS, 50, reason("c", "换了一块毛巾"), MONDAY)
    assert (has(yao), has(yao, posting.MINUTES)) == (70, 90)
    assert [(line.words, line.amount) for line in queries.history(yao.id, posting.POINTS)] == [
        ("换了一块毛巾", -50),
        ("高铁站引导 2小时", 120),
    ]
    assert queries.discrepancies() == []


def test_no_more_than_there_is(yao: Person) -> None:
    """He is told what he has and what it takes; nothing moves."""
    give(yao, 30, "a")
    with pytest.raises(posting.InsufficientBalance) as refused:
        posting.debit(yao.id, posting.POINTS, 31, reason("b"), MONDAY)
    assert refused.value.reasons == {"balance": 30, "needed": 31}
    assert has(yao) == 30
    posting.debit(yao.id, posting.POINTS, 30, reason("b"), MONDAY)
    assert has(yao) == 0


@pytest.mark.parametrize("amount", [0, -5])
def test_an_amount_is_positive(yao: Person, amount: int) -> None:
    """Nothing, or less than nothing, cannot be moved."""
    with pytest.raises(ValueError, match="positive"):
        give(yao, amount, "a")


def test_the_same_event_told_twice(yao: Person) -> None:
    """Signing in at the railway station counts once, however often it is reported."""
    first = give(yao, 120, "check-in:7")
    assert give(yao, 120, "check-in:7") == first
    assert has(yao) == 120
    with db.reading() as session:
        assert len(session.execute(select(ledger_entries.c.id)).all()) == 1


def test_an_undone_turn_moves_nothing(yao: Person) -> None:
    """The entry goes with the unit of work it was in, and its key is free again."""
    with pytest.raises(ZeroDivisionError), db.unit_of_work():
        give(yao, 120, "a")
        _ = 1 / 0
    assert has(yao) == 0
    give(yao, 120, "a")
    assert has(yao) == 120
    assert queries.discrepancies() == []


def test_taking_back(yao: Person) -> None:
    """A reversal restores the balance and is seen; it can be done once."""
    give(yao, 30, "a")
    entry = give(yao, 120, "b")
    posting.reverse(entry, "记错了", MONDAY, TODAY)
    assert has(yao) == 30
    assert [line.amount for line in queries.history(yao.id, posting.POINTS)] == [-120, 120, 30]
    with pytest.raises(posting.AlreadyReversed):
        posting.reverse(entry, "记错了", MONDAY, TODAY)
    with pytest.raises(NotFound):
        posting.reverse(999, "记错了", MONDAY, TODAY)
    assert queries.discrepancies() == []


def test_what_was_spent_cannot_be_taken_back(yao: Person) -> None:
    """A credit whose points are gone stays; the refusal says how much there is."""
    entry = give(yao, 120, "a")
    posting.debit(yao.id, posting.POINTS, 100, reason("b"), MONDAY)
    with pytest.raises(posting.InsufficientBalance):
        posting.reverse(entry, "记错了", MONDAY, TODAY)
    assert has(yao) == 20


def test_the_database_itself_keeps_balances_up(yao: Person) -> None:
    """Even a statement past every rule cannot make a balance negative."""
    give(yao, 10, "a")
    with pytest.raises(sa_exc.IntegrityError), db.unit_of_work() as session:
        session.execute(accounts.update().values(balance=-1))


@pytest.mark.parametrize("what", ["balance", "posting"])
def test_tampering_is_found(yao: Person, what: str) -> None:
    """Somebody changes a balance, or one side of an entry, in the database: verifying names it."""
    entry = give(yao, 120, "a")
    owner = posting.person_owner(yao.id)
    with db.unit_of_work() as session:
        if what == "balance":
            session.execute(accounts.update().where(accounts.c.owner == owner).values(balance=500))
        else:
            session.execute(postings.update().where(postings.c.amount > 0).values(amount=500))
    found = queries.discrepancies()
    if what == "balance":
        assert found == [f"{owner} has 500 points, but its entries prove 120"]
    else:
        assert f"entry {entry} sums to 380, not to zero" in found
        assert f"{owner} has 120 points, but its entries prove 500" in found


def _at_once(*calls: object) -> list[BaseException | None]:
    """Run each call in a thread and transaction of its own, all begun together; what each raised."""
    begin, raised = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int) -> None:
        begin.wait(5)
        try:
            calls[place]()  # type: ignore[operator]
        except BaseException as error:
            raised[place] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return raised  # type: ignore[return-value]


def test_credits_at_once(yao: Person) -> None:
    """Eight desks credit a newcomer at the same moment: one account, all of it there."""
    raised = _at_once(*(lambda number=number: give(yao, 10, f"k{number}") for number in range(8)))
    assert raised == [None] * 8
    assert has(yao) == 80
    assert queries.discrepancies() == []


def test_the_same_event_at_once(yao: Person) -> None:
    """Two processes tell the same event at the same moment: it counts once."""
    raised = _at_once(*(lambda: give(yao, 10, "check-in:7") for _ in range(4)))
    assert raised == [None] * 4
    assert has(yao) == 10


def test_spending_the_same_points_at_once(yao: Person) -> None:
    """A hundred points and two gifts at eighty: one of them is refused."""
    give(yao, 100, "a")
    raised = _at_once(
        *(lambda key=key: posting.debit(yao.id, posting.POINTS, 80, reason(key), MONDAY) for key in "bc")
    )
    assert sorted(type(error).__name__ for error in raised) == ["InsufficientBalance", "NoneType"]
    assert has(yao) == 20
    assert queries.discrepancies() == []


def test_giving_to_each_other_at_once(yao: Person) -> None:
    """Hours go both ways at the same moment: neither waits for the other for ever."""
    pang = enrol("庞玉环")
    for person in (yao, pang):
        give(person, 600, f"start:{person.id}", posting.MINUTES)
    one, other = posting.person_owner(yao.id), posting.person_owner(pang.id)
    calls = [
        lambda number=number, way=way: posting.move(
            *way, posting.MINUTES, 10, reason(f"{number}{way}"), MONDAY
        )
        for number in range(4)
        for way in ((one, other), (other, one))
    ]
    assert _at_once(*calls) == [None] * 8
    assert (has(yao, posting.MINUTES), has(pang, posting.MINUTES)) == (600, 600)
    assert queries.discrepancies() == []


class AnyOrder(RuleBasedStateMachine):
    """Credits, debits, transfers, repetitions and reversals of three people, in any order."""

    PEOPLE = ("姚秉忠", "庞玉环", "崔凤英")

    @initialize()
    def start(self) -> None:
        """A database of its own, and what ought to be in it."""
        self._folder = TemporaryDirectory()
        self._engine = db.connect(f"sqlite:///{Path(self._folder.name)}/ledger.db")
        metadata.create_all(self._engine)
        db.use(self._engine)
        self.people = [enrol(name) for name in self.PEOPLE]
        self.expected = [0, 0, 0]
        # Each entry with what it did to whom, and whether it was taken back.
        self.entries: list[tuple[int, dict[int, int]]] = []
        self.keys: dict[str, int] = {}

    def _move(self, effect: dict[int, int], key: str, call: object) -> None:
        """Do it, and work out in the plainest way what must have come of it."""
        after = [have + effect.get(place, 0) for place, have in enumerate(self.expected)]
        if key in self.keys:
            assert call().id == self.keys[key]  # type: ignore[operator]
        elif min(after) < 0:
            with pytest.raises(posting.InsufficientBalance):
                call()  # type: ignore[operator]
        else:
            self.keys[key] = call().id  # type: ignore[operator]
            self.entries.append((self.keys[key], effect))
            self.expected = after

    @rule(who=st.integers(0, 2), amount=st.integers(1, 50), key=st.integers(0, 30))
    def credit(self, who: int, amount: int, key: int) -> None:
        """Something was done."""
        person = self.people[who]
        why = reason(f"credit:{key}:{who}")
        self._move({who: amount}, why.key, lambda: posting.credit(person.id, "points", amount, why, MONDAY))

    @rule(who=st.integers(0, 2), amount=st.integers(1, 80), key=st.integers(0, 30))
    def debit(self, who: int, amount: int, key: int) -> None:
        """Something was redeemed."""
        person = self.people[who]
        why = reason(f"debit:{key}:{who}")
        self._move({who: -amount}, why.key, lambda: posting.debit(person.id, "points", amount, why, MONDAY))

    @rule(who=st.integers(0, 2), step=st.integers(1, 2), amount=st.integers(1, 80), key=st.integers(0, 30))
    def transfer(self, who: int, step: int, amount: int, key: int) -> None:
        """One gave to another."""
        to = (who + step) % 3
        ends = [posting.person_owner(self.people[place].id) for place in (who, to)]
        why = reason(f"move:{key}:{who}:{to}")
        self._move(
            {who: -amount, to: amount}, why.key, lambda: posting.move(*ends, "points", amount, why, MONDAY)
        )

    @rule(pick=st.integers(0, 1000))
    def take_back(self, pick: int) -> None:
        """An earlier entry was wrong; a reversal too can be taken back."""
        if not self.entries:
            return
        entry, effect = self.entries[pick % len(self.entries)]
        key = f"reverse:{entry}"
        if key in self.keys:
            with pytest.raises(posting.AlreadyReversed):
                posting.reverse(entry, "记错了", MONDAY, TODAY)
            return
        opposite = {who: -amount for who, amount in effect.items()}
        self._move(opposite, key, lambda: posting.reverse(entry, "记错了", MONDAY, TODAY))

    @rule(who=st.integers(0, 2))
    def undone(self, who: int) -> None:
        """A turn that fails after crediting leaves no trace."""
        with pytest.raises(ZeroDivisionError), db.unit_of_work():
            give(self.people[who], 7, "undone")
            _ = 1 / 0

    @invariant()
    def adds_up(self) -> None:
        """Everybody has what they ought to, and every sum proves it."""
        assert [has(person) for person in self.people] == self.expected
        assert queries.discrepancies() == []

    def teardown(self) -> None:
        """Remove the database."""
        db.use(None)
        self._engine.dispose()
        self._folder.cleanup()


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
