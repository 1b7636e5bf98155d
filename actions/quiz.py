"""Quizzes: one question a message, answered by button or in words, a score at the end, wrong answers looked at again."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.handler import Handler
from actions.quiz_answers import LETTERS, choice_of
from actions.turn import Choice, Turn
from service import linking
from service.clock import day_words, local
from service.people.models import Person
from service.study import quiz_queries, quizzes
from service.study.quiz_models import Answer, Question, Quiz
from service.study.quiz_queries import Asked
from service.study.quizzes import QuizClosed, Result
from service.wording import phrase

_FORM = "quiz_form"
_WRONG = re.compile(r"错题|答错|做错|哪些错|错在哪|错了哪")
# What still fits on a big button beside its letter.
_ON_BUTTON = 14


class TakeQuiz(Handler):
    """Offers the quizzes that are open, begins one, takes what a button answers, and shows what was wrong."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_take_quiz"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if attempt := turn.entity("attempt"):
            choice = int(turn.entity("choice") or 0)
            _answer(turn, person, int(attempt), int(turn.entity("question") or 0), choice)
        elif review := turn.entity("review"):
            _show_wrong(turn, person, int(review))
        elif _WRONG.search(turn.text):
            last = quiz_queries.last_finished(person.id)
            if last is None:
                turn.say("quiz_none_taken")
            else:
                _show_wrong(turn, person, last.id)
        elif quiz_id := turn.entity("quiz_id") or turn.chosen("quizzes"):
            _begin(turn, person, int(quiz_id))
        elif (going_on := quiz_queries.under_way(person.id, turn.now)) is not None:
            _ask(turn, going_on.id)
        else:
            _offer(turn, person)


class AskQuizAnswer(Handler):
    """Puts the next question."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_quiz_form_quiz_answer"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        asked = _asked(turn)
        if asked is None:
            turn.drop_form()
            turn.say("quiz_over")
            return
        choices = [
            Choice(
                _button(letter, words),
                "take_quiz",
                {"attempt": asked.attempt.id, "question": asked.place, "choice": place},
            )
            for place, (letter, words) in enumerate(zip(LETTERS, asked.question.choices, strict=False))
        ]
        lines = "\n".join(
            phrase("quiz_choice", letter=letter, words=words)
            for letter, words in zip(LETTERS, asked.question.choices, strict=False)
        )
        turn.say(
            "quiz_question", choices, number=asked.number, of=asked.of, text=asked.question.text, lines=lines
        )


class ValidateQuizForm(FormValidationAction):
    """Takes a choice out of whatever is said while a question is open."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_quiz_form"

    async def extract_quiz_answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The place of the choice that was said."""
        turn = Turn(dispatcher, tracker)
        if tracker.get_slot("requested_slot") != "quiz_answer" or turn.is_press:
            return {}
        asked = _asked(turn)
        choice = None if asked is None else choice_of(turn.text, asked.question.choices)
        return {} if choice is None else {"quiz_answer": choice}


class AnswerQuiz(Handler):
    """Takes the answer that was said."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_answer_quiz"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        asked, choice = _asked(turn), turn.slot("quiz_answer")
        turn.set("quiz_answer", None)
        if asked is None:
            turn.say("quiz_over")
        else:
            _answer(turn, turn.require_person(), asked.attempt.id, asked.place, int(choice))


def _asked(turn: Turn) -> Asked | None:
    """The question that is open in the quiz under way, if it is that of whoever speaks."""
    under_way = turn.slot("quiz") or {}
    if turn.person is None or "attempt" not in under_way:
        return None
    attempt = quiz_queries.get_attempt(int(under_way["attempt"]))
    if attempt is None or attempt.person_id != turn.person.id or attempt.finished_at is not None:
        return None
    return quiz_queries.question_to_answer(attempt)


def _begin(turn: Turn, person: Person, quiz_id: int) -> None:
    _ask(turn, quizzes.begin(person.id, quiz_id, turn.now).id)


def _ask(turn: Turn, attempt_id: int) -> None:
    """Put the first open question of an attempt; its result when there is none left."""
    turn.set("quiz", {"attempt": attempt_id})
    turn.set("quiz_answer", None)
    turn.start_form(_FORM)


def _answer(turn: Turn, person: Person, attempt_id: int, place: int, choice: int) -> None:
    """Record an answer and go on with the next question, or tell the result after the last."""
    try:
        quizzes.answer(person.id, attempt_id, place, choice, turn.now)
    except QuizClosed:
        # The last day ended with the question open; what was answered by then counts.
        _say_result(turn, person, attempt_id)
        return
    attempt = quiz_queries.get_attempt(attempt_id)
    if attempt is not None and attempt.finished_at is None and quiz_queries.question_to_answer(attempt):
        _ask(turn, attempt_id)
    else:
        _say_result(turn, person, attempt_id)


def _say_result(turn: Turn, person: Person, attempt_id: int) -> None:
    if turn.open_form == _FORM:
        turn.drop_form()
    turn.set("quiz", None)
    result = quizzes.finish(person.id, attempt_id, turn.now)
    key = "quiz_result_passed" if result.passed else "quiz_result_not_passed"
    points = phrase("quiz_points", points=result.points) if result.points else ""
    words = {"title": result.quiz.title, "score": result.attempt.score, "of": result.quiz.questions}
    turn.say(key, _after(turn, person, result), mark=result.quiz.pass_mark, points=points, **words)


def _after(turn: Turn, person: Person, result: Result) -> list[Choice]:
    """What can be done after a quiz: look at the wrong answers, take it again."""
    choices = []
    if (result.attempt.score or 0) < result.quiz.questions:
        choices.append(Choice("看看错题", "take_quiz", {"review": result.attempt.id}))
    attempts = quiz_queries.attempts_of(person.id, result.quiz.id)
    is_open = result.quiz in quiz_queries.open_quizzes(turn.now)
    if is_open and quiz_queries.why_not_again(result.quiz, attempts) is None:
        choices.append(Choice("再答一次", "take_quiz", {"quiz_id": result.quiz.id}))
    return choices


def _show_wrong(turn: Turn, person: Person, attempt_id: int) -> None:
    wrong = quiz_queries.wrong_answers(person.id, attempt_id)
    if not wrong:
        turn.say("quiz_all_right")
        return
    lines = "\n\n".join(_explained(*each) for each in wrong)
    turn.say("quiz_wrong", count=len(wrong), lines=lines)


def _explained(given: Answer, question: Question) -> str:
    """A question that was answered wrongly: what was said, what is right, and why."""
    said = phrase("quiz_not_answered")
    if given.choice is not None:
        said = f"{LETTERS[given.choice]}. {question.choices[given.choice]}"
    right = f"{LETTERS[question.right]}. {question.choices[question.right]}"
    words = {"number": given.place + 1, "text": question.text, "said": said, "right": right}
    return phrase("quiz_wrong_line", explanation=question.explanation, **words)


def _offer(turn: Turn, person: Person) -> None:
    """Say which quizzes are open; of one, what it is and how to begin."""
    found = quiz_queries.open_quizzes(turn.now)
    topic = turn.entity("topic")
    if topic and not linking.says_nothing(topic):
        named = [each for each in found if linking.score(topic, [each.title, *each.topics]) >= linking.MATCH]
        found = named or found
    if not found:
        coming = quiz_queries.coming_quiz(turn.now)
        if coming is None:
            turn.say("quiz_none")
        else:
            opens = day_words(coming.opens_on, local(turn.now).date())
            turn.say("quiz_none_yet", title=coming.title, opens=opens)
    elif len(found) == 1:
        _introduce(turn, person, found[0])
    else:
        choices = [
            Choice(f"{at}. {each.title}"[:32], "take_quiz", {"quiz_id": each.id})
            for at, each in enumerate(found[:5], 1)
        ]
        turn.say("quizzes_open", choices)
        turn.show("quizzes", [each.id for each in found[:5]])


def _introduce(turn: Turn, person: Person, quiz: Quiz) -> None:
    attempts = quiz_queries.attempts_of(person.id, quiz.id)
    if (reason := quiz_queries.why_not_again(quiz, attempts)) is not None:
        wrong = [Choice("看看错题", "take_quiz", {"review": attempts[-1].id})] if attempts else []
        turn.say("quiz_done_before", wrong, title=quiz.title, reason=reason)
        return
    last = day_words(quiz.closes_on, local(turn.now).date())
    words = {"title": quiz.title, "questions": quiz.questions, "mark": quiz.pass_mark, "last": last}
    turn.say(
        "quiz_open", [Choice("开始答题", "take_quiz", {"quiz_id": quiz.id})], attempts=quiz.attempts, **words
    )
    turn.show("quizzes", [quiz.id])


def _button(letter: str, words: str) -> str:
    return f"{letter}. {words}" if len(words) <= _ON_BUTTON else phrase("button_choice", letter=letter)


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [TakeQuiz(), AskQuizAnswer(), ValidateQuizForm(), AnswerQuiz()]
