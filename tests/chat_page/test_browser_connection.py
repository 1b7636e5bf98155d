"""The chat page in a real browser when the connection fails, and with two tabs, two hands and the next visitor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from service import db
from service.wording import Utterance
from tests.chat_page.running import Server
from tests.chat_page.steps import bubbles, say, sends, stored

pytestmark = pytest.mark.browser


def test_two_tabs_stay_in_step(visit: Callable[[], Page]) -> None:
    left, right = visit(), visit()
    say(left, "活动")
    expect(right.get_by_role("button", name="健步走")).to_be_visible()
    right.get_by_role("button", name="健步走").click()
    for tab in (left, right):
        expect(tab.get_by_text("您选了：健步走")).to_be_visible()
        expect(tab.get_by_text("好的，健步走，记下了。")).to_be_visible()
        expect(tab.get_by_role("button", name="书法课")).to_have_count(0)
    assert bubbles(left) == bubbles(right)


def test_the_tab_that_presses_second_hears_what_was_chosen(visit: Callable[[], Page]) -> None:
    left, right = visit(), visit()
    say(left, "活动")
    expect(right.get_by_role("button", name="健步走")).to_be_visible()
    right.route(
        "**/api/press", lambda route: (left.get_by_role("button", name="书法课").click(), route.continue_())
    )
    right.get_by_role("button", name="健步走").click()
    for tab in (left, right):
        expect(tab.get_by_text("您选了：书法课")).to_be_visible()
        expect(tab.get_by_text("您选了：健步走")).to_have_count(0)


def test_a_restart_is_survived_and_what_was_missed_is_shown(
    visit: Callable[[], Page], server: Server
) -> None:
    page = visit()
    say(page, "你好")
    expect(page.get_by_text("听到了：你好")).to_be_visible()
    server.stop()
    expect(page.get_by_text("现在连不上服务")).to_be_visible()
    sends(Utterance("提醒您：明天下午有书法课。"))
    server.start()
    expect(page.get_by_text("提醒您：明天下午有书法课。")).to_be_visible()
    expect(page.get_by_text("现在连不上服务")).to_be_hidden()
    say(page, "知道了")
    expect(page.get_by_text("听到了：知道了")).to_be_visible()
    assert bubbles(page) == ["你好", "听到了：你好", "提醒您：明天下午有书法课。", "知道了", "听到了：知道了"]


def test_while_the_database_is_away_the_page_says_so(visit: Callable[[], Page], tmp_path: Path) -> None:
    page = visit()
    say(page, "你好")
    expect(page.get_by_text("听到了：你好")).to_be_visible()
    there = db.engine()
    db.use(db.connect(f"sqlite:///{tmp_path}/empty.db"))
    expect(page.get_by_text("现在连不上服务")).to_be_visible()
    db.use(there)
    expect(page.get_by_text("现在连不上服务")).to_be_hidden()


def test_what_could_not_be_sent_is_sent_again_and_arrives_once(
    visit: Callable[[], Page], server: Server
) -> None:
    page = visit()
    server.stop()
    say(page, "路灯坏了")
    expect(page.get_by_text("没有发出去：现在连不上。")).to_be_visible()
    server.start()
    page.get_by_role("button", name="再发一次").click()
    expect(page.get_by_text("听到了：路灯坏了")).to_be_visible()
    assert bubbles(page) == ["路灯坏了", "听到了：路灯坏了"]


def test_an_answer_lost_on_the_way_doubles_nothing(visit: Callable[[], Page], server: Server) -> None:
    page = visit()

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/events*", lambda route: route.abort())
    server.stop()
    server.start()
    page.route("**/api/say", lose_the_answer, times=1)
    say(page, "路灯坏了")
    again = page.get_by_role("button", name="再发一次")
    again.click()
    expect(again).to_have_count(0)
    page.unroute("**/api/events*")
    expect(page.get_by_text("听到了：路灯坏了")).to_be_visible()
    assert bubbles(page) == ["路灯坏了", "听到了：路灯坏了"]
    assert stored() == 1


def test_what_arrived_is_not_offered_again(visit: Callable[[], Page]) -> None:
    page = visit()
    page.route("**/api/say", lambda route: (route.fetch(), route.abort()), times=1)
    say(page, "路灯坏了")
    expect(page.get_by_text("听到了：路灯坏了")).to_be_visible()
    expect(page.get_by_role("button", name="再发一次")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("听到了：路灯坏了")).to_be_visible()
    assert bubbles(page) == ["路灯坏了", "听到了：路灯坏了"]


def test_a_press_that_failed_can_be_pressed_again(visit: Callable[[], Page]) -> None:
    page = visit()
    say(page, "活动")
    page.route("**/api/press", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="书法课").click()
    expect(page.get_by_text("没有发出去：现在连不上。请再按一次。")).to_be_visible()
    page.get_by_role("button", name="书法课").click()
    expect(page.get_by_text("您选了：书法课")).to_be_visible()


def test_words_not_yet_sent_survive_a_reload(visit: Callable[[], Page], server: Server) -> None:
    page = visit()
    page.get_by_label("写给助手的话").fill("小区的")
    page.reload()
    expect(page.get_by_label("写给助手的话")).to_have_value("小区的")
    page.route("**/api/say", lambda route: route.abort(), times=1)
    say(page, "小区的路灯坏了")
    expect(page.get_by_role("button", name="再发一次")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="改一改").click()
    expect(page.get_by_label("写给助手的话")).to_have_value("小区的路灯坏了")
    assert stored() == 0


def test_a_trembling_hand_says_it_once(visit: Callable[[], Page]) -> None:
    page = visit()
    page.get_by_role("button", name="我的积分").dblclick()
    expect(page.get_by_text("听到了：我的积分")).to_be_visible()
    assert bubbles(page) == ["我的积分", "听到了：我的积分"]


def test_the_next_person_at_the_kiosk_sees_nothing(visit: Callable[[], Page]) -> None:
    page, other_tab = visit(), visit()
    say(page, "我的身体不太好")
    expect(other_tab.get_by_text("听到了：我的身体不太好")).to_be_visible()
    page.get_by_label("写给助手的话").fill("还没写完")
    page.get_by_role("button", name="用完离开").click()
    page.get_by_role("button", name="接着用").click()
    expect(page.get_by_text("听到了：我的身体不太好")).to_be_visible()
    page.get_by_role("button", name="用完离开").click()
    page.get_by_role("button", name="离开", exact=True).click()
    for tab in (page, other_tab):
        expect(tab.locator("#log article")).to_have_count(0)
        expect(tab.get_by_label("写给助手的话")).to_have_value("")
    say(page, "你好")
    expect(other_tab.get_by_text("听到了：你好")).to_be_visible()


def test_a_chat_is_bound_to_the_browser_that_opened_it(
    visit: Callable[[], Page], chromium: Browser, server: Server
) -> None:
    page = visit()
    say(page, "这是我的事")
    expect(page.get_by_text("听到了：这是我的事")).to_be_visible()
    stranger = chromium.new_context().new_page()
    stranger.goto(server.url)
    expect(stranger.locator("#log")).to_have_attribute("aria-live", "polite")
    expect(stranger.locator("#log article")).to_have_count(0)
    stranger.context.close()
