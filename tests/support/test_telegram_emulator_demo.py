"""The demonstration starts emulator and assistant together, and stops both."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from PIL import Image
from playwright.async_api import Page, async_playwright, expect
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from tests.support.telegram.client import Person, Telegram
from tests.support.telegram.library import Poller, library_bot
from tests.support.telegram.running import ROOT, emulator

# A stand-in for the assistant: says its process number to whoever writes, and ends when interrupted.
PARROT = """
import asyncio, os
from telegram import Bot

async def main():
    base = os.environ["TELEGRAM_BASE_URL"]
    bot = Bot(os.environ["TELEGRAM_BOT_TOKEN"], base_url=f"{base}/bot", base_file_url=f"{base}/file/bot")
    offset = 0
    while True:
        for update in await bot.get_updates(offset=offset, timeout=10):
            offset = update.update_id + 1
            await bot.send_message(update.message.chat.id, f"我是{os.getpid()}号")

try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
"""


@asynccontextmanager
async def demonstration(*command: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A running demonstration and its first line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.telegram.demo", *command, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process, (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_one_interrupt_stops_assistant_and_emulator() -> None:
    async with (
        demonstration(sys.executable, "-c", PARROT) as (process, line),
        aiohttp.ClientSession() as http,
    ):
        control = line.split()[2].removesuffix("/phone")
        sim = Telegram("", control, "", http)
        (somebody,) = await sim.request("GET", "users")
        person = Person(sim, somebody["id"], somebody["first_name"])
        await person.start()
        said = await person.wait(text="我是")
        parrot = int(said["text"].removeprefix("我是").removesuffix("号"))
        os.kill(parrot, 0)  # it lives

        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(parrot, 0)


async def test_an_assistant_that_ends_by_itself_ends_the_demonstration() -> None:
    async with demonstration(sys.executable, "-c", "raise SystemExit(3)") as (process, _):
        assert await asyncio.wait_for(process.wait(), 10) == 3
        assert process.stderr is not None
        assert "ended by itself with status 3" in (await process.stderr.read()).decode()


async def test_the_phone_page_needs_nothing_from_elsewhere() -> None:
    async with emulator() as sim, sim.session.get(f"{sim.control_url}/phone") as response:
        page = await response.text()
    assert response.content_type == "text/html"
    assert "://" not in page
    assert 'src="' not in page


@asynccontextmanager
async def browser_page(address: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = await chromium.new_page()
        await page.goto(address)
        yield page
        await chromium.close()


@pytest.mark.browser
async def test_a_conversation_on_the_phone_page() -> None:
    async with emulator() as sim, library_bot(sim) as bot:
        lan = await sim.person("岚", phone="+8613900000001")
        poller = Poller(bot)
        async with browser_page(f"{sim.control_url}/phone") as page:
            await page.get_by_label("要说的话").fill("有什么活动")
            await page.get_by_label("要说的话").press("Enter")
            assert (await poller.one()).message.text == "有什么活动"

            button = InlineKeyboardButton("报名", callback_data="book")
            await bot.send_message(lan.id, "周二书法课", reply_markup=InlineKeyboardMarkup([[button]]))
            await page.get_by_role("button", name="报名").click()
            query = (await poller.one()).callback_query
            assert query.data == "book"
            await query.answer("收到了")
            await expect(page.get_by_role("status")).to_have_text("收到了")
            await query.edit_message_text("已报名，编号 B2026-0001")
            await expect(page.get_by_text("B2026-0001")).to_be_visible()
            await expect(page.get_by_role("button", name="报名")).to_have_count(0)

            keyboard = ReplyKeyboardMarkup([[KeyboardButton("发送手机号", request_contact=True)]])
            await bot.send_message(lan.id, "请发手机号", reply_markup=keyboard)
            await page.get_by_role("button", name="发送手机号").click()
            assert (await poller.one()).message.contact.phone_number == "+8613900000001"

            buffer = io.BytesIO()
            Image.new("RGB", (50, 40)).save(buffer, "PNG")
            picture = {"name": "a.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
            await page.locator("#file").set_input_files([picture])
            assert (await poller.one()).message.photo[-1].width == 50
            await expect(page.get_by_alt_text("照片")).to_be_visible()
