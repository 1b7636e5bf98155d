"""What people do at the page in a browser, and what the assistant does meanwhile."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from service import clock, db
from service.messages import outbox
from service.messages.models import chats, inbox
from service.wording import Utterance
from tests.chat_page.running import deliver


def say(page: Page, words: str) -> None:
    page.get_by_label("写给助手的话").fill(words)
    page.get_by_role("button", name="发送", exact=True).click()


def bubbles(page: Page) -> list[str]:
    """The texts of all messages in the order they stand in."""
    return page.locator("#log .text").all_text_contents()


def sends(utterance: Utterance) -> None:
    """The assistant writes to the only chat there is."""
    with db.reading() as session:
        (chat_id,) = session.execute(chats.select().with_only_columns(chats.c.id)).one()
    deliver(outbox.reply(chat_id, utterance, clock.now()))


def stored() -> int:
    """How many messages are in the inbox."""
    with db.reading() as session:
        return len(session.execute(inbox.select()).all())


def show_everything(page: Page) -> None:
    """Bring about most of what the page can show: both sides, buttons, a choice, a photo, an error."""
    page.get_by_role("button", name="活动").click()
    page.get_by_role("button", name="书法课").click()
    expect(page.get_by_text("好的，书法课，记下了。")).to_be_visible()
    say(page, "活动")
    expect(page.get_by_role("button", name="健步走")).to_be_visible()
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.get_by_text("还没有写字。")).to_be_visible()


def received() -> list[tuple[str, dict[str, str]]]:
    """Kind and payload of all messages in the inbox."""
    with db.reading() as session:
        rows = session.execute(inbox.select().order_by(inbox.c.id)).all()
    return [(row.kind, row.payload) for row in rows]
