"""The chat page in a real browser, as people read and use it: large type, keyboard, phone, photos."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from service import db
from service.people.models import Person
from service.wording import Button, Utterance
from tests.chat_page.measuring import measure
from tests.chat_page.running import Server
from tests.chat_page.steps import bubbles, say, sends, show_everything

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 780}
KIOSK = {"width": 1920, "height": 1080}
HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"


@pytest.mark.parametrize("size", [20, 22, 24, 27, 30])
@pytest.mark.parametrize("window", [PHONE, KIOSK], ids=["phone", "kiosk"])
def test_everything_is_large_and_clear(visit: Callable[[], Page], window: dict[str, int], size: int) -> None:
    page = visit()
    page.set_viewport_size(window)
    page.evaluate(f"localStorage.setItem('size', {size})")
    page.reload()
    show_everything(page)
    found = measure(page)
    assert len(found["texts"]) > 25
    assert len(found["targets"]) > 13
    assert [text for text in found["texts"] if text["size"] < size or text["contrast"] < 4.5] == []
    assert [t for t in found["targets"] if t["height"] < 60 or t["width"] < 60 or t["edge"] < 3] == []
    assert found["overflow"] <= 0


def test_what_is_shown_seldom_is_as_clear(
    visit: Callable[[], Page], server: Server, demonstration: list[Person]
) -> None:
    page = visit()
    chooser = measure(page)
    assert {"陈秀兰", "石大山", "先不选，随便看看"} <= {text["words"] for text in chooser["texts"]}
    page.get_by_role("button", name="先不选").click()
    page.get_by_role("button", name="用完离开").click()
    leaving = measure(page)
    page.get_by_role("button", name="接着用").click()
    server.stop()
    say(page, "有人吗")
    expect(page.get_by_role("button", name="再发一次")).to_be_visible()
    expect(page.get_by_text("现在连不上服务")).to_be_visible()
    away = measure(page)
    server.start()
    for found in (chooser, leaving, away):
        assert [text for text in found["texts"] if text["size"] < 20 or text["contrast"] < 4.5] == []
        assert [target for target in found["targets"] if target["height"] < 60 or target["width"] < 60] == []


def test_type_grows_to_thirty_and_stays_so(visit: Callable[[], Page]) -> None:
    page = visit()
    page.set_viewport_size(PHONE)
    for _ in range(4):
        page.get_by_role("button", name="字号放大").click()
    expect(page.locator("#status")).to_have_text("字已经最大了。")
    page.reload()
    show_everything(page)
    found = measure(page)
    assert min(text["size"] for text in found["texts"]) == 30
    assert found["overflow"] <= 0


def test_nothing_makes_a_narrow_page_scroll_sideways(visit: Callable[[], Page]) -> None:
    page = visit()
    page.set_viewport_size(PHONE)
    say(page, "长" * 300 + "http://example.invalid/" + "x" * 300)
    expect(page.get_by_text("听到了")).to_be_visible()
    sends(Utterance("w" * 500, [Button("很长的按钮" * 12, "/a"), Button("b" * 60, "/b")]))
    expect(page.get_by_role("button", name="很长的按钮")).to_be_visible()
    assert measure(page)["overflow"] <= 0


def test_a_conversation_with_the_keyboard_alone(visit: Callable[[], Page]) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到写字的地方")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("写给助手的话")).to_be_focused()
    page.keyboard.type("活动")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="都不去")).to_be_visible()
    for name in ("都不去", "健步走", "书法课"):
        page.keyboard.press("Shift+Tab")
        expect(page.get_by_role("button", name=name)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("您选了：书法课")).to_be_focused()
    expect(page.get_by_text("好的，书法课，记下了。")).to_be_visible()
    for name in ("写给助手的话", "发照片", "发送", "活动"):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert name in (focused.inner_text() or focused.get_attribute("id") or "") or name == "写给助手的话"
    assert page.locator(":focus").evaluate("node => getComputedStyle(node).outlineWidth") == "4px"


def test_enter_belongs_to_the_input_method_while_it_chooses(visit: Callable[[], Page]) -> None:
    page = visit()
    box = page.get_by_label("写给助手的话")
    box.fill("huodong")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(box).to_have_value("huodong")
    box.press("Shift+Enter")
    expect(box).to_have_value("huodong\n")
    box.press("Enter")
    expect(page.get_by_text("听到了：huodong")).to_be_visible()


def test_what_a_screen_reader_finds(visit: Callable[[], Page]) -> None:
    page = visit()
    show_everything(page)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    expect(page.locator("body")).to_match_aria_snapshot(
        """
        - link "跳到写字的地方"
        - banner:
          - heading "服务助手" [level=1]
          - group "页面设置"
        - main:
          - log "谈话内容":
            - article /您，.*点/
            - article /助手，.*点/
        - region "写话和常用按钮":
          - textbox "写给助手的话"
          - button "发照片"
          - button "发送"
          - alert: /还没有写字/
          - group "常用按钮":
            - button "活动"
            - button "提建议"
            - button "我的积分"
            - button "学习"
            - button "我的安排"
            - button "找工作人员"
        """
    )


def test_a_photo_is_looked_at_before_it_is_sent(visit: Callable[[], Page], tmp_path: Path) -> None:
    page = visit()
    lamp = tmp_path / "lamp.jpg"
    Image.new("RGB", (640, 480), "teal").save(lamp)
    page.locator("#file").set_input_files(lamp)
    page.get_by_role("button", name="去掉照片").click()
    expect(page.get_by_role("img", name="要发的照片")).to_be_hidden()
    page.locator("#file").set_input_files(lamp)
    say(page, "就是这盏灯")
    expect(page.get_by_text("照片收到了。")).to_be_visible()
    shown = page.get_by_role("img", name="您发的照片")
    expect(shown).to_have_attribute("src", re.compile("api/file/in-"))
    assert shown.evaluate("async image => { await image.decode(); return image.naturalWidth; }") == 640
    assert bubbles(page) == ["就是这盏灯", "照片收到了。"]


def test_a_photo_too_large_is_made_smaller_first(visit: Callable[[], Page], tmp_path: Path) -> None:
    page = visit()
    huge = tmp_path / "huge.png"
    Image.effect_noise((4200, 3200), 100).save(huge)
    assert huge.stat().st_size > 10 * 1024 * 1024
    page.locator("#file").set_input_files(huge)
    say(page, "")
    expect(page.get_by_text("照片收到了。")).to_be_visible(timeout=20_000)
    shown = page.get_by_role("img", name="您发的照片")
    expect(shown).to_have_attribute("src", re.compile("api/file/in-"))
    assert shown.evaluate("async image => { await image.decode(); return image.naturalWidth; }") == 3000


def test_what_looks_like_a_web_page_is_only_text(
    visit: Callable[[], Page], demonstration: list[Person]
) -> None:
    with db.unit_of_work() as session:
        session.add(Person(name=HOSTILE[:64], former_unit=HOSTILE))
    page = visit()
    page.get_by_role("button", name="<img").click()
    expect(page.locator("#me")).to_contain_text("<img src=x")
    say(page, HOSTILE)
    expect(page.get_by_text(f"听到了：{HOSTILE}")).to_be_visible()
    sends(
        Utterance(
            f'{HOSTILE}\njavascript:alert(1) https://example.invalid/"onclick=alert(1)',
            [Button("<b>好</b>", "/x")],
        )
    )
    page.get_by_role("button", name="<b>好</b>").click()
    expect(page.get_by_text("您选了：<b>好</b>")).to_be_visible()
    assert page.locator("#log img, #log script, #log b").count() == 0
    assert (
        page.get_by_role("link", name="https://example.invalid/").get_attribute("href")
        == "https://example.invalid/"
    )
    assert page.locator("#log a").count() == 1
    assert "hacked" not in page.title()


def test_one_chooses_whom_to_be(visit: Callable[[], Page], demonstration: list[Person]) -> None:
    page = visit()
    expect(page.get_by_role("dialog")).to_contain_text("76岁，退休，原单位青溪县示例中学，能参加各类活动")
    page.get_by_role("button", name="陈秀兰").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#me")).to_have_text("现在是陈秀兰（演示人物）")
    page.reload()
    expect(page.locator("#me")).to_have_text("现在是陈秀兰（演示人物）")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="更换人物").click()
    page.get_by_role("button", name="石大山").click()
    expect(page.locator("#me")).to_have_text("现在是石大山（演示人物）")


def test_who_reads_further_up_is_not_pulled_down(visit: Callable[[], Page]) -> None:
    page = visit()
    say(page, "你好")
    expect(page.get_by_text("听到了：你好")).to_be_visible()
    for number in range(30):
        sends(Utterance(f"第{number}条"))
    expect(page.get_by_text("第29条")).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    sends(Utterance("最新的一条"))
    newer = page.get_by_role("button", name="有新消息，往下看")
    expect(newer).to_be_visible()
    assert page.evaluate("scrollY") == 0
    while newer.is_visible():
        newer.click()
        page.wait_for_function("() => new Promise(requestAnimationFrame)")
    expect(page.get_by_text("最新的一条")).to_be_in_viewport()


def test_a_long_answer_is_shown_from_its_beginning(visit: Callable[[], Page]) -> None:
    page = visit()
    say(page, "你好")
    expect(page.get_by_text("听到了：你好")).to_be_visible()
    sends(Utterance("结论在第一行。\n" + "\n".join(f"说明{number}" for number in range(40))))
    expect(page.get_by_text("结论在第一行。")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="往下看")).to_be_visible()


def test_older_messages_are_there_on_request(visit: Callable[[], Page]) -> None:
    page = visit()
    say(page, "最早的话")
    expect(page.get_by_text("听到了：最早的话")).to_be_visible()
    for number in range(110):
        sends(Utterance(f"第{number}条"))
    page.reload()
    expect(page.get_by_text("第109条")).to_be_visible()
    expect(page.get_by_text("听到了：最早的话")).to_have_count(0)
    page.get_by_role("button", name="看更早的消息").click()
    expect(page.get_by_text("听到了：最早的话")).to_have_count(1)
    assert bubbles(page) == ["最早的话", "听到了：最早的话", *(f"第{number}条" for number in range(110))]
