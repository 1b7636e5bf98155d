"""`bot admin posts`: standing posts, who holds them, which are uncovered."""

from __future__ import annotations

from datetime import date

import typer

from bot.admin_tables import listing, one_person, or_say, show
from service import clock
from service.activities import holdings
from service.activities import posts as use_cases
from service.clock import day_words, local
from service.errors import OperatorError, Refusal

posts = typer.Typer(invoke_without_command=True, help="Standing posts: bins, streets; lists them.")


@posts.callback()
def list_posts(
    context: typer.Context,
    uncovered: bool = typer.Option(False, "--uncovered", help="Only those that lack somebody."),
) -> None:
    """List the posts with who holds them, those that lack somebody first."""
    if context.invoked_subcommand is not None:
        return
    today = local(clock.now()).date()
    table = listing("ID", "类别", "岗位", "地点", "下一次", "每次", "缺", "谁在管")
    for each in holdings.coverage(clock.now()):
        if uncovered and not each.wanted:
            continue
        post, names = each.post, "、".join(person.name for person in each.holders)
        due = day_words(use_cases.next_due(post, today))
        facts = (f"{post.minutes}分钟", str(each.wanted or ""), names)
        table.append((str(post.id), post.kind, post.name, post.place, due, *facts))
    show(table, "No posts.")


@posts.command()
def add(
    kind: str = typer.Argument(..., help=f"One of {', '.join(use_cases.POST_KINDS)}."),
    name: str = typer.Argument(..., help="As people call it: 滨河路3号桶点."),
    rule: str = typer.Argument(..., help="On which days, RFC 5545: FREQ=WEEKLY;BYDAY=TU,TH."),
    minutes: int = typer.Argument(..., min=1, help="What each time counts."),
    place: str = typer.Option("", help="The street or community it is in."),
    holders: int = typer.Option(1, min=1, help="How many have to hold it."),
) -> None:
    """Open a post that people can claim."""
    try:
        post = use_cases.open_post(kind, name, rule, minutes, place=place, holders_needed=holders)
    except ValueError as error:
        raise OperatorError(f"This is no post: {error}.") from None
    print(f"Opened post {post.id}")


@posts.command()
def assign(
    post_id: int = typer.Argument(..., metavar="ID"),
    who: str = typer.Argument(..., metavar="PERSON"),
    until: str = typer.Option(None, help="The last day, 2027-06-30; until handed back without."),
) -> None:
    """Enter who holds a post, as they would claim it."""
    person = one_person(who)
    with or_say(f"There is no post {post_id}. See: python -m bot admin posts."):
        try:
            last = date.fromisoformat(until) if until else None
            held = use_cases.claim(person, post_id, clock.now(), until=last)
        except Refusal as refusal:
            if refusal.code == "not_found":
                raise
            raise OperatorError(f"Refused: {refusal.code.replace('_', ' ')}.") from None
        except ValueError:
            raise OperatorError("A day is written like 2027-06-30.") from None
    print(f"{held.receipt_no}: {person.name} holds post {post_id}")
