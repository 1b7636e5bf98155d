"""Quizzes: a draw that stays, answers that count once, a score, points once, and the days on which one can take it."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.quiz_answers import choice_of
from service import clock
from service.errors import NotFound
from service.ledger.posting import POINTS
from service.ledger.queries import balance
from service.study import figures, quiz_closing, quiz_queries, quizzes
from service.study.question_bank import make_quiz
from service.study.quiz_models import Quiz
from service.study.quizzes import QuizClosed, QuizUsedUp
from tests.service.study_world import NOW, at_once, bank, person, told

RIGHT, WRONG = 1, 0


def quiz(questions: int = 3, pass_mark: int = 2, attempts: int = 2) -> Quiz:
    """A quiz open from Monday to Wednesday, drawn from twenty questions."""
    bank("党史", 20)
    return make_quiz(
        "红船知识竞答", ["党史"], date(2026, 11, 23), date(2026, 11, 25), questions, pass_mark, attempts
    )


def take(person_id: int, of: Quiz, *choices: int, now=NOW) -> quizzes.Result:  # type: ignore[no-untyped-def]
    """Take the quiz from beginning to end with these choices."""
    attempt = quizzes.begin(person_id, of.id, now)
    for choice in choices:
        asked = quiz_queries.question_to_answer(attempt)
        assert asked is not None
        quizzes.answer(person_id, attempt.id, asked.place, choice, now)
    return quizzes.finish(person_id, attempt.id, now)


@pytest.mark.usefixtures("database")
def test_the_draw_stays_and_can_be_repeated() -> None:
    """Begun again it is the same attempt with the same questions; a bank that grew since does not change it."""
    contest, guan, bai = quiz(), person("关玉春"), person("白守诚")
    attempt = quizzes.begin(guan.id, contest.id, NOW)
    asked = quiz_queries.question_to_answer(attempt)
    assert quizzes.begin(guan.id, contest.id, NOW).id == attempt.id
    first_draw = quizzes.draw(contest, attempt)
    bank("党史", 40)
    assert quizzes.draw(contest, attempt) == first_draw
    assert asked is not None
    assert asked.question.id == first_draw[0]
    assert len(set(first_draw)) == 3
    others = quizzes.draw(contest, quizzes.begin(bai.id, contest.id, NOW))
    assert others != first_draw


@pytest.mark.usefixtures("database")
def test_passed_and_credited_once() -> None:
    """Two of three right: passed, five points; finished again, or another quiz day, no more."""
    contest, guan = quiz(), person("关玉春")
    result = take(guan.id, contest, RIGHT, WRONG, RIGHT)
    assert (result.passed, result.attempt.score, result.points) == (True, 2, 5)
    again = quizzes.finish(guan.id, result.attempt.id, NOW)
    assert (again.passed, again.points) == (True, 0)
    assert balance(guan.id, POINTS) == 5
    with pytest.raises(QuizUsedUp) as refused:
        quizzes.begin(guan.id, contest.id, NOW)
    assert "已经合格" in refused.value.reasons["reason"]


@pytest.mark.usefixtures("database")
def test_a_second_attempt_and_no_third() -> None:
    """Failed twice with other questions; then it is over."""
    contest, guan = quiz(), person("关玉春")
    first = take(guan.id, contest, WRONG, WRONG, RIGHT)
    second = take(guan.id, contest, WRONG, WRONG, WRONG)
    assert [first.passed, second.passed] == [False, False]
    assert second.attempt.number == 2
    assert quizzes.draw(contest, first.attempt) != quizzes.draw(contest, second.attempt)
    with pytest.raises(QuizUsedUp) as refused:
        quizzes.begin(guan.id, contest.id, NOW)
    assert "答过2次" in refused.value.reasons["reason"]
    assert balance(guan.id, POINTS) == 0


@pytest.mark.usefixtures("database")
def test_an_answer_delivered_twice() -> None:
    """The first one counts, whatever the second says."""
    contest, guan = quiz(), person("关玉春")
    attempt = quizzes.begin(guan.id, contest.id, NOW)
    assert quizzes.answer(guan.id, attempt.id, 0, RIGHT, NOW).new
    again = quizzes.answer(guan.id, attempt.id, 0, WRONG, NOW)
    assert (again.new, again.right) == (False, True)
    asked = quiz_queries.question_to_answer(attempt)
    assert asked is not None
    assert asked.number == 2


@pytest.mark.usefixtures("database")
def test_what_was_wrong_is_told_when_it_is_over() -> None:
    """Not before, not to another; with what was said and what is right."""
    contest, guan, bai = quiz(), person("关玉春"), person("白守诚")
    attempt = quizzes.begin(guan.id, contest.id, NOW)
    quizzes.answer(guan.id, attempt.id, 0, WRONG, NOW)
    with pytest.raises(NotFound):
        quiz_queries.wrong_answers(guan.id, attempt.id)
    for place, choice in ((1, RIGHT), (2, RIGHT)):
        quizzes.answer(guan.id, attempt.id, place, choice, NOW)
    quizzes.finish(guan.id, attempt.id, NOW)
    ((given_answer, question),) = quiz_queries.wrong_answers(guan.id, attempt.id)
    assert (given_answer.place, given_answer.choice, question.right) == (0, WRONG, RIGHT)
    with pytest.raises(NotFound):
        quiz_queries.wrong_answers(bai.id, attempt.id)
    with pytest.raises(NotFound):
        quizzes.answer(bai.id, attempt.id, 0, RIGHT, NOW)


@pytest.mark.usefixtures("database")
def test_timed_by_day() -> None:
    """From the first midnight to the last; what was left then is counted as it stands and told once."""
    contest, guan = quiz(), person("关玉春")
    with pytest.raises(QuizClosed):
        quizzes.begin(guan.id, contest.id, clock.parse("2026-11-22T23:59"))
    attempt = quizzes.begin(guan.id, contest.id, clock.parse("2026-11-25T23:58"))
    quizzes.answer(guan.id, attempt.id, 0, RIGHT, clock.parse("2026-11-25T23:59"))
    assert quiz_closing.close_due(clock.parse("2026-11-25T23:59:59")) == 0
    with pytest.raises(QuizClosed):
        quizzes.answer(guan.id, attempt.id, 1, RIGHT, clock.parse("2026-11-26T00:00"))
    assert quiz_closing.close_due(clock.parse("2026-11-26T00:00")) == 1
    assert quiz_closing.close_due(clock.parse("2026-11-26T00:10")) == 0
    (result,) = quiz_queries.attempts_of(guan.id, contest.id)
    assert result.score == 1
    (news,) = told(guan.id)
    assert "3题答对1题" in news


@pytest.mark.usefixtures("database")
def test_begun_in_two_chats_at_once() -> None:
    """One attempt, of which there is one draw."""
    contest, guan = quiz(), person("关玉春")
    ids = {each.id for each in at_once(*[partial(quizzes.begin, guan.id, contest.id, NOW)] * 4)}
    assert len(ids) == 1
    assert len(quiz_queries.attempts_of(guan.id, contest.id)) == 1


@pytest.mark.usefixtures("database")
def test_how_many_passed() -> None:
    """Of three who finished, two passed, one of them at the second attempt."""
    contest = quiz()
    guan, bai, he = person("关玉春"), person("白守诚"), person("何向前")
    take(guan.id, contest, RIGHT, RIGHT, RIGHT)
    take(bai.id, contest, WRONG, WRONG, WRONG)
    take(bai.id, contest, RIGHT, RIGHT, WRONG)
    take(he.id, contest, WRONG, WRONG, WRONG)
    passed = figures.quiz_passed(contest.id)
    assert (passed.numerator, passed.denominator) == (2, 3)
    assert passed.rows == [(guan.id, "关玉春", 3), (bai.id, "白守诚", 2)]


@pytest.mark.usefixtures("database")
def test_a_quiz_that_cannot_be() -> None:
    """More questions than the bank has; a mark nobody can reach."""
    bank("党史", 2)
    days = date(2026, 11, 23), date(2026, 11, 25)
    with pytest.raises(ValueError, match="only 2"):
        make_quiz("竞答", ["党史"], *days, 3, 2)
    with pytest.raises(ValueError, match="can be passed"):
        make_quiz("竞答", ["党史"], *days, 2, 3)


CHOICES = ["1921年", "1927年", "1935年", "1949年"]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("B", 1), ("b", 1), ("Ｂ", 1), ("选B", 1), ("我选B吧", 1), ("答案是B", 1), ("选乙", 1), ("乙", 1),
        ("第二个", 1), ("2", 1), ("选第二个", 1), ("最后一个", 3), ("1949年", 3), ("1949", 3), ("应该是1949年吧", 3),
        ("D项", 3), ("第九个", None), ("E", None), ("我有多少积分", None), ("19", None), ("", None), ("不知道", None),
    ],
)  # fmt: skip
def test_an_answer_in_words(words: str, place: int | None) -> None:
    """As people put it."""
    assert choice_of(words, CHOICES) == place


@pytest.mark.parametrize(
    ("words", "place"),
    [("对", 0), ("对的", 0), ("是", 0), ("不对", 1), ("错", 1), ("我觉得错了", 1), ("也许", None)],
)
def test_right_or_wrong(words: str, place: int | None) -> None:
    """Of the two choices 对 and 错."""
    assert choice_of(words, ["对", "错"]) == place


@given(
    st.lists(
        st.text("甲子丑寅卯辰巳午未申酉戌亥0123456789", min_size=3, max_size=8),
        min_size=2,
        max_size=4,
        unique=True,
    )
)
@settings(max_examples=200)
def test_the_words_of_a_choice_always_mean_it(choices: list[str]) -> None:
    """Whatever the others are."""
    assert [choice_of(choice, choices) for choice in choices] == list(range(len(choices)))
