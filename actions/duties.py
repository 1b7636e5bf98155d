"""Duties of standing posts, reported in the chat."""

from __future__ import annotations

from actions.turn import Choice, Turn
from service.activities import holdings, posts
from service.activities.duties import record_duty
from service.clock import day_words, local
from service.people.models import Person
from service.wording import phrase


def is_about(turn: Turn, person: Person) -> bool:
    """Whether the message names a post that the person holds."""
    held = {each.post.id for each in holdings.held_by(person.id, turn.now)}
    return bool(held & {each.post.id for each in holdings.named_in(turn.text, turn.now)})


def record_meant(turn: Turn, person: Person) -> None:
    """Record the one duty that is meant, or ask which."""
    held = holdings.held_by(person.id, turn.now)
    named = {each.post.id for each in holdings.named_in(turn.text, turn.now)}
    meant = [each for each in held if each.post.id in named] or held
    today = local(turn.now).date()
    due = [each for each in meant if posts.next_due(each.post, today) == today] or meant
    if len(due) == 1:
        record(turn, person, due[0].claim.receipt_no)
    else:
        buttons = [Choice(each.post.name, "check_in", {"duty": each.claim.receipt_no}) for each in due[:5]]
        turn.say("which_duty", buttons)


def record(turn: Turn, person: Person, receipt_no: str) -> None:
    """Record the duty of today, and say what it gave."""
    duty, earned = record_duty(person, receipt_no, turn.now)
    post = posts.get_post(posts.get_claim(person.id, receipt_no).post_id)
    given = phrase("given_points", points=earned.points) if earned and earned.points else ""
    turn.say(
        "duty_recorded" if earned is not None else "duty_recorded_already",
        name=post.name,
        day=day_words(duty.done_on),
        minutes=duty.minutes,
        given=f"，{given}" if given else "",
        receipt_no=receipt_no,
    )
