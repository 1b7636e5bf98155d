"""The page's addresses, as its scripts call them and as somebody of ill will might."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from bot.chat_page.saying import LONGEST
from service import clock, db
from service.messages import chats, outbox, page_view
from service.people.models import Person
from service.wording import Button, Utterance
from tests.chat_page.conftest import ORIGIN
from tests.chat_page.running import ACTIVITIES, Server, deliver
from tests.chat_page.steps import received

ID = "message-1"


def address(client: TestClient) -> str:
    """Where the browser's messages go, which its cookie must not tell by itself."""
    with db.reading() as session:
        known = session.execute(db.metadata.tables["chats"].select()).all()
    assert client.cookies["chat"] not in str(known)
    return known[0].address


def asked(client: TestClient, *buttons: str) -> list[str]:
    """The assistant asks something with buttons; returns their tokens."""
    client.post("/api/say", json={"id": "question-0", "text": "活动"})
    chat = chats.find_chat("page", address(client))
    assert chat is not None
    row = outbox.reply(
        chat.id, Utterance("哪一个？", [Button(title, "/x") for title in buttons]), clock.now()
    )
    deliver(row)
    return [button.token for button in outbox.buttons_of(row)]


def test_what_is_said_is_in_the_inbox_and_wakes_the_conversation(
    browser: TestClient, woken: list[str]
) -> None:
    assert browser.post("/api/say", json={"id": ID, "text": " 有活动吗 "}).json() == {"ok": True}
    assert received() == [("words", {"text": "有活动吗"})]
    assert woken == ["woken"]


def test_a_message_sent_twice_under_one_id_is_stored_once(browser: TestClient) -> None:
    for _ in range(2):
        assert browser.post("/api/say", json={"id": ID, "text": "有活动吗"}).status_code == 200
    assert len(received()) == 1


def test_a_long_message_is_taken_and_a_much_too_long_one_refused_plainly(browser: TestClient) -> None:
    assert browser.post("/api/say", json={"id": ID, "text": "好" * LONGEST}).status_code == 200
    refused = browser.post("/api/say", json={"id": "message-2", "text": "好" * (LONGEST + 1)})
    assert refused.status_code == 413
    assert refused.json() == {"error": "这段话有 20001 个字，太长了。请分几次发，每次不超过 20000 个字。"}
    assert len(received()) == 1


@pytest.mark.parametrize("text", ["", "  \n ", "\0"])
def test_nothing_written_is_not_sent(browser: TestClient, text: str) -> None:
    assert browser.post("/api/say", json={"id": ID, "text": text}).json() == {
        "error": "还没有写字。请写几个字再发。"
    }


def test_half_a_character_does_no_harm(browser: TestClient) -> None:
    sent = browser.post("/api/say", content=b'{"id": "message-1", "text": "\\ud83d hao"}')
    assert sent.status_code == 200
    assert received() == [("words", {"text": "hao"})]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"id": 5, "text": "a"}', b'{"id": "message-1", "text": 5}']
)
def test_a_request_that_makes_no_sense_gets_a_sentence(browser: TestClient, body: bytes) -> None:
    answer = browser.post("/api/say", content=body)
    assert answer.status_code == 400
    assert answer.json() == {"error": "这个请求看不懂。请刷新页面再试。"}


def test_only_the_first_button_of_a_message_counts(browser: TestClient) -> None:
    calligraphy, walking = asked(browser, "书法课", "健步走")
    assert browser.post("/api/press", json={"id": "press-001", "token": calligraphy}).status_code == 200
    assert browser.post("/api/press", json={"id": "press-001", "token": calligraphy}).status_code == 200
    refused = browser.post("/api/press", json={"id": "press-002", "token": walking})
    assert refused.status_code == 409
    assert refused.json() == {"error": "这条消息您已经选过了：书法课。"}
    assert received()[1:] == [("press", {"token": calligraphy})]


def test_somebody_elses_button_does_nothing(browser: TestClient, stranger: TestClient) -> None:
    (token,) = asked(browser, "书法课")
    refused = stranger.post("/api/press", json={"id": "press-001", "token": token})
    assert refused.status_code == 409
    assert "按钮已经用过，或者过期了" in refused.json()["error"]


@pytest.mark.parametrize("origin", ["http://evil.invalid", "null", "", "http://testserver.evil.invalid"])
@pytest.mark.parametrize("path", ["say", "press", "photo", "be", "leave", "start"])
def test_another_site_cannot_speak_for_the_visitor(browser: TestClient, origin: str, path: str) -> None:
    answer = browser.post(f"/api/{path}", json={"id": ID, "text": "我同意"}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert received() == []


def test_the_cookie_is_hard_to_guess_and_to_steal(browser: TestClient) -> None:
    fresh = TestClient(browser.app, headers=ORIGIN)
    assert "set-cookie" not in fresh.get("/").headers, (
        "a visit by a link from elsewhere must not cost the chat"
    )
    given = fresh.post("/api/start", json={}).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict"} <= set(given.split("; "))
    assert len(fresh.cookies["chat"]) == 43
    assert "set-cookie" not in fresh.post("/api/start", json={}).headers


@pytest.mark.parametrize("path", ["/api/events", "/api/earlier?before=2026-11-23", "/api/file/in-1"])
def test_without_a_cookie_of_ours_nothing_is_shown(browser: TestClient, path: str) -> None:
    nobody = TestClient(browser.app)
    assert nobody.get(path).json() == {"error": "页面放得太久了，请刷新页面。"}
    nobody.cookies["chat"] = "guess"
    assert nobody.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/api/nothing", "/api/events"])
def test_every_answer_forbids_what_comes_from_elsewhere(browser: TestClient, path: str) -> None:
    headers = TestClient(browser.app).get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_one_can_be_a_sample_person(browser: TestClient, demonstration: list[Person]) -> None:
    assert browser.post("/api/be", json={"person_id": demonstration[0].id}).status_code == 200
    view = page_view.look(address(browser), clock.now())
    assert view is not None
    assert view.person == "陈秀兰"


@pytest.mark.parametrize("person_id", [99, "1", None])
def test_one_cannot_be_anybody_else(
    browser: TestClient, demonstration: list[Person], person_id: object
) -> None:
    assert browser.post("/api/be", json={"person_id": person_id}).status_code == 404


def test_who_leaves_takes_the_conversation_along(browser: TestClient) -> None:
    before = browser.cookies["chat"]
    browser.post("/api/say", json={"id": ID, "text": "我叫陈秀兰"})
    assert browser.post("/api/leave", json={}).status_code == 200
    assert browser.cookies["chat"] != before
    assert browser.get("/api/earlier", params={"before": "2099-01-01"}).json() == {"entries": []}


def test_the_page_is_well_while_the_database_answers(browser: TestClient) -> None:
    assert browser.get("/health").json() == {"ok": True}


def test_without_the_database_it_says_so_in_a_sentence(
    browser: TestClient, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    db.use(db.connect(f"sqlite:///{tmp_path}/empty.db"))
    caplog.set_level(logging.DEBUG)
    answer = browser.post("/api/say", json={"id": ID, "text": "我的电话是 13900000000"})
    assert answer.status_code == 503
    assert answer.json() == {"error": "现在连不上服务，请过一会儿再发一次。"}
    assert browser.get("/").status_code == 200
    assert "13900000000" not in caplog.text


def test_a_bug_is_one_sentence_with_a_number(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_view, "has_received", lambda *_: 1 / 0)
    answer = browser.post("/api/press", json={"id": "press-001", "token": "x"})
    assert answer.status_code == 500
    assert answer.json()["error"].startswith("出了点问题，没有办成。请再试一次；还不行，请告诉工作人员编号 ")


def events(client: httpx.Client, url: str, until: str, **headers: str) -> list[tuple[str, dict[str, object]]]:
    """The events of a stream up to the first of that name."""
    found = []
    with client.stream("GET", f"{url}api/events", headers=headers, timeout=10) as stream:
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((name, json.loads(line.removeprefix("data: "))))
                if name == until:
                    return found
    raise AssertionError(f"the stream ended before {until}")


def test_the_stream_tells_both_sides_and_then_what_changes(server: Server) -> None:
    with httpx.Client(headers={"Origin": server.url.rstrip("/")}) as client:
        client.post(f"{server.url}api/start", json={})
        client.post(f"{server.url}api/say", json={"id": ID, "text": "活动"})
        answered = [row for row in _until_answered(client, server.url) if row[0] == "message"]
        assert [(one["own"], one["text"], one["id"]) for _, one in answered] == [
            (True, "活动", ID),
            (False, ACTIVITIES.text, None),
        ]
        assert [button["title"] for button in answered[1][1]["buttons"]] == ["书法课", "健步走", "都不去"]


def _until_answered(client: httpx.Client, url: str) -> list[tuple[str, dict[str, object]]]:
    """What the stream tells once nothing waits any more."""
    while True:
        told = events(client, url, until="ready")
        if ("thinking", {"now": False}) in told:
            return told
