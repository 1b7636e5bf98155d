"""Everything that moves points and hours, of three people, in any order: it adds up after every step."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from service import clock, db
from service.errors import Refusal
from service.ledger import closing, cycles, queries
from service.ledger.earning import earn
from service.ledger.models import accounts
from service.ledger.posting import Reason
from service.models import metadata
from service.rewards import handing_out, redeeming, shelf
from service.rewards.models import redemptions, rewards
from service.timebank import asking, giving, helping
from service.timebank.models import help_requests
from tests.service.rewards_world import clerk, offer
from tests.support.talk import enrol

_START = clock.parse("2026-12-20T09:00")
WHO = st.integers(0, 2)
# Names of questions answered with yes: few, so that many come twice.
REQUEST = st.integers(0, 8)


class Together(RuleBasedStateMachine):
    """Each step may be told twice, and be refused; refused or told again, it changes nothing."""

    # The database to use, emptied for each run; one of its own in SQLite by default.
    given: db.Engine | None = None

    @initialize()
    def start(self) -> None:
        """Three people, two rewards, and the eve of a year's end."""
        self._folder = TemporaryDirectory()
        self._engine = self.given or db.connect(f"sqlite:///{Path(self._folder.name)}/together.db")
        if self.given is not None:
            metadata.drop_all(self._engine)
        metadata.create_all(self._engine)
        db.use(self._engine)
        self.people = [enrol(name) for name in ("俞乐天", "柳彩霞", "薛永年")]
        self.rewards = [offer("大米", 30, 3, per_person=2), offer("毛巾", 7, 5, "条")]
        self.staff, self.now = clerk(), _START
        self.stock = {reward.id: reward.stock for reward in self.rewards}
        self.receipts: list[str] = []
        self.helps: list[str] = []

    def _twice(self, call: Callable[[], Any]) -> Any:
        """Do it, and do it again: the second time nothing may change. What the first gave, None when refused."""
        done = None
        with contextlib.suppress(Refusal, ValueError):
            done = call()
        before = self._everything()
        with contextlib.suppress(Refusal, ValueError):
            call()
        assert self._everything() == before
        return done

    @staticmethod
    def _everything() -> tuple[Any, ...]:
        with db.reading() as session:
            held = session.execute(select(accounts.c.owner, accounts.c.currency, accounts.c.balance)).all()
            states = session.execute(select(redemptions.c.receipt_no, redemptions.c.state)).all()
            asked = session.execute(select(help_requests.c.receipt_no, help_requests.c.state)).all()
            left = session.execute(select(rewards.c.id, rewards.c.stock)).all()
        # An account that was only opened is none.
        return sorted(row for row in held if row.balance), sorted(states), sorted(asked), sorted(left)

    @rule(
        who=WHO,
        units=st.integers(1, 400),
        key=st.integers(0, 12),
        what=st.sampled_from(["volunteer_hour", "quiz_passed"]),
    )
    def earns(self, who: int, units: int, key: int, what: str) -> None:
        """Hours and points for service, points for a quiz, within caps."""
        times = units if what == "volunteer_hour" else 1
        reason = Reason("activities", "站岗", clock.local(self.now).date(), f"{what}:{key}")
        self._twice(lambda: earn(self.people[who].id, what, times, reason, self.now))

    @rule(who=WHO, what=st.integers(0, 1), quantity=st.integers(1, 3), request=REQUEST)
    def redeems(self, who: int, what: int, quantity: int, request: int) -> None:
        """A yes, perhaps one that was counted already."""
        done = self._twice(
            lambda: redeeming.redeem(
                self.people[who], self.rewards[what].id, quantity, f"r{request}", self.now
            )
        )
        if done is not None:
            self.receipts.append(done.receipt_no)

    @precondition(lambda self: self.receipts)
    @rule(who=WHO, pick=st.integers(0, 99))
    def gives_back(self, who: int, pick: int) -> None:
        """Only one's own, only once."""
        number = self.receipts[pick % len(self.receipts)]
        self._twice(lambda: redeeming.cancel(self.people[who], number, self.now))

    @precondition(lambda self: self.receipts)
    @rule(pick=st.integers(0, 99))
    def fetches(self, pick: int) -> None:
        """Handed out by staff."""
        number = self.receipts[pick % len(self.receipts)]
        self._twice(lambda: handing_out.hand_out(number, self.staff, self.now))

    @rule(who=WHO, length=st.integers(10, 300), request=REQUEST)
    def asks(self, who: int, length: int, request: int) -> None:
        """Help the day after."""
        begins = self.now + timedelta(days=1)
        asked = self._twice(
            lambda: asking.ask_for_help(self.people[who], "买菜", begins, length, f"h{request}", self.now)
        )
        if asked is not None:
            self.helps.append(asked.receipt_no)

    @precondition(lambda self: self.helps)
    @rule(who=WHO, pick=st.integers(0, 99), step=st.integers(0, 5))
    def helps_on(self, who: int, pick: int, step: int) -> None:
        """Claimed, given back, called off, confirmed, disputed or decided, by anybody."""
        number, person = self.helps[pick % len(self.helps)], self.people[who]
        steps: list[Callable[[], Any]] = [
            lambda: helping.claim(person, number, self.now),
            lambda: helping.give_back(person, number, self.now),
            lambda: asking.cancel_request(person, number, self.now),
            lambda: helping.confirm(person, number, self.now),
            lambda: helping.dispute(person, number, "没来", self.now),
            lambda: helping.decide(number, 5, self.staff, self.now),
        ]
        self._twice(steps[step])

    @rule(who=WHO, step=st.integers(0, 2), minutes=st.integers(1, 200), request=REQUEST)
    def gives(self, who: int, step: int, minutes: int, request: int) -> None:
        """Hours to another, or to oneself."""
        giver, receiver = self.people[who], self.people[(who + step) % 3]
        self._twice(lambda: giving.give(giver, receiver, minutes, f"g{request}", self.now))

    @rule(hours=st.sampled_from([1, 13, 30, 24 * 8]))
    def time_passes(self, hours: int) -> None:
        """And what it does by itself."""
        self.now += timedelta(hours=hours)
        self._twice(lambda: handing_out.move_on(self.now))
        self._twice(lambda: helping.move_on(self.now))

    @rule(keep=st.sampled_from([None, 0, 20]))
    def closes(self, keep: int | None) -> None:
        """The year 2026."""
        self._twice(lambda: closing.close(2026, keep, self.now, batch=2))
        assert cycles.state_of(2026) in ("open", "closed")

    @invariant()
    def adds_up(self) -> None:
        """Every sum and balance is proved; no stock appears or vanishes; held hours are those promised."""
        assert queries.discrepancies() == []
        c = redemptions.c
        with db.reading() as session:
            out = select(c.reward_id, func.sum(c.quantity)).where(c.state.in_(("reserved", "picked_up")))
            gone = dict(session.execute(out.group_by(c.reward_id)).all())
            held = session.execute(
                select(accounts.c.balance).where(accounts.c.owner == "office:held")
            ).scalar()
            live = help_requests.c.state.in_(("open", "claimed", "disputed"))
            promised = session.execute(select(func.sum(help_requests.c.minutes)).where(live)).scalar()
        assert (held or 0) == (promised or 0)
        for reward_id, had in self.stock.items():
            assert shelf.get(reward_id).stock + gone.get(reward_id, 0) == had

    def teardown(self) -> None:
        """Remove the database."""
        if self.given is None:
            db.use(None)
            self._engine.dispose()
        self._folder.cleanup()


_RUN = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
TestTogether = Together.TestCase
TestTogether.settings = settings(_RUN, max_examples=12, stateful_step_count=25)


def test_together_on_postgresql(postgres: db.Engine) -> None:
    """The same, shorter."""

    class OnPostgres(Together):
        given = postgres

    run_state_machine_as_test(OnPostgres, settings=settings(_RUN, max_examples=3, stateful_step_count=20))  # type: ignore[no-untyped-call]
