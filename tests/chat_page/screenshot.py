"""Draws docs/images/chat-page.png: `python -m tests.chat_page.screenshot`."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from playwright.sync_api import BrowserContext, expect, sync_playwright

from service import clock, db
from service.messages import chats, inbox, outbox, page_people, sending
from service.models import metadata
from service.organisations.models import Office
from service.people.models import Person
from service.wording import Button, Utterance
from tests.chat_page.running import Server

IMAGE = Path(__file__).parents[2] / "docs" / "images" / "chat-page.png"
ASKED = clock.parse("2026-11-23T09:05")
BOOKED = clock.parse("2026-11-23T09:06")


def main() -> None:
    """Play a short conversation at a fixed time and take its picture."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["ASSISTANT_HOME"] = home
        db.use(db.connect(f"sqlite:///{home}/assistant.db"))
        metadata.create_all(db.engine())
        _set_the_scene()
        server = Server()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            context = browser.new_context(viewport={"width": 1200, "height": 960}, locale="zh-CN")
            page = context.new_page()
            page.goto(server.url)
            page.get_by_role("button", name="陈秀兰").click()
            expect(page.locator("#me")).to_contain_text("陈秀兰")
            _play(_address(context))
            server.bell.ring()
            expect(page.get_by_text("报好了")).to_be_visible()
            page.locator("#text").blur()
            page.screenshot(path=IMAGE, animations="disabled")
            browser.close()
        server.stop()
        db.use(None)


def _set_the_scene() -> None:
    with db.unit_of_work() as session:
        session.add(Office(name="青溪县老干部局", phone="0000-1234567", demonstration=True))
        session.add(Person(name="陈秀兰", birth_year=1950))


def _address(context: BrowserContext) -> str:
    (cookie,) = (cookie["value"] for cookie in context.cookies() if cookie["name"] == "chat")
    return hashlib.sha256(cookie.encode()).hexdigest()


def _play(address: str) -> None:
    page_people.become(address, 1, ASKED)
    chat = chats.open_chat("page", address, ASKED)
    inbox.settle(inbox.receive(chat, "words-01", "words", {"text": "周四下午有书法课吗"}, ASKED), ASKED)
    offer = Utterance(
        "有，11月26日（周四）下午3点，书法课。\n地点：青溪老年大学二楼，有电梯。\n还有6个名额，要给您报名吗？",
        [Button("报名", "/affirm"), Button("先不报", "/deny")],
    )
    token = _say(chat.id, offer, ASKED)
    inbox.settle(inbox.receive(chat, "press-01", "press", {"token": token}, BOOKED), BOOKED)
    done = Utterance(
        "报好了，回执号 B2026-0012。\n11月26日（周四）下午3点，青溪老年大学二楼。\n前一天晚上我会提醒您。",
        [Button("不去了，取消", "/cancel_booking"), Button("我的安排", "/my_schedule")],
    )
    _say(chat.id, done, BOOKED)


def _say(chat_id: int, utterance: Utterance, now: datetime) -> str:
    """Deliver a message; returns the token of its first button."""
    row = outbox.reply(chat_id, utterance, now)
    sending.settle(row, "sent", now)
    return outbox.buttons_of(row)[0].token


if __name__ == "__main__":
    main()
