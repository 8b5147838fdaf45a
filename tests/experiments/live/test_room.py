"""Participants join with the code and are counted once; nobody gets further than they may."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.staticfiles import StaticFiles
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from experiments.live.guard import FACILITATOR, LARGEST_BODY, Bucket, Guard, own_host
from experiments.live.room import MOST_FOR_ADDRESS, MOST_FOR_ONE, Listeners, routes
from experiments.live.workshop import Question, Workshop

HERE = "ws://127.0.0.1:8350/_nicegui_ws/socket.io/"
THERE = "ws://192.168.1.7:8350"
HOW_MANY = Question("q1", "number", {"en": "How many?", "nl": "Hoeveel?"}, (), -1000.0, 5000.0, 100.0)
WHICH = Question("q2", "choice", {"en": "Which?", "nl": "Welke?"}, ({"en": "a", "nl": "a"}, {"en": "b", "nl": "b"}))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def application(workshop: Workshop, shared: bool) -> Guard:
    """The routes of participants, and something that only the facilitator may have."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    router, _ = routes(workshop, lambda: {"change": None, "year": 2035})
    app.include_router(router)

    @app.get("/")
    @app.get("/_nicegui/anything")
    @app.post("/_nicegui/client/upload")
    def secret() -> str:
        return "facilitator"

    @app.websocket("/_nicegui_ws/socket.io/")
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await socket.send_text(await socket.receive_text())

    static = Path(__file__).parents[3] / "experiments" / "live" / "static"
    app.mount("/live", StaticFiles(directory=static))
    return Guard(app, workshop, shared)


@pytest.fixture
def client(workshop: Workshop) -> Iterator[TestClient]:
    with TestClient(
        application(workshop, shared=True), base_url="http://192.168.1.7:8350", follow_redirects=False
    ) as found:
        yield found


def joined(workshop: Workshop) -> TestClient:
    found = TestClient(application(workshop, shared=True), base_url="http://192.168.1.7:8350", follow_redirects=False)
    assert found.post("/room/join", content=json.dumps({"code": workshop.code.lower()})).status_code == 204
    return found


def answered(client: TestClient, question: str, value: Any) -> int:
    return client.post("/room/answer", content=json.dumps({"question": question, "value": value})).status_code


def test_a_round_with_three_participants(workshop: Workshop) -> None:
    people = [joined(workshop) for _ in range(3)]
    workshop.pose(HOW_MANY)
    assert [answered(one, "q1", value) for one, value in zip(people, (100, 200, 300), strict=True)] == [204] * 3
    assert answered(people[0], "q1", 400) == 204  # in place of the first one
    assert people[0].get("/room/now").json()["mine"] == 400
    assert "answers" not in people[0].get("/room/now").json(), (
        "nobody sees the answers of others before they are closed"
    )
    workshop.close()
    assert answered(people[1], "q1", 900) == 409
    assert people[1].get("/room/now").json()["answers"] == [200, 300, 400]
    assert "model" not in people[1].get("/room/now").json()
    workshop.reveal({"mean": 250.0, "text": {"en": "The model", "nl": "Het model"}})
    told = people[2].get("/room/now").json()
    assert told["phase"] == "revealed"
    assert told["model"]["mean"] == 250.0
    workshop.clear()
    assert people[2].get("/room/now").json()["phase"] == "waiting"


def test_a_server_that_is_started_again_goes_on(workshop: Workshop, tmp_path: Path) -> None:
    first = joined(workshop)
    workshop.pose(WHICH)
    assert answered(first, "q2", 1) == 204
    again = Workshop(tmp_path)
    assert (again.code, again.key) == (workshop.code, workshop.key)
    second = TestClient(
        application(again, shared=True), base_url="http://192.168.1.7:8350", cookies=dict(first.cookies)
    )
    assert second.get("/room/now").json()["mine"] == 1
    assert answered(second, "q2", 0) == 204
    again.close()
    assert again.told()["answers"] == [0.0], "the same participant counts once"


def test_nothing_about_participants_is_kept(workshop: Workshop, tmp_path: Path) -> None:
    first, earlier = joined(workshop), set()
    for question in (HOW_MANY, WHICH):
        workshop.pose(question)
        answered(first, question.id, 1)
        marks = set(json.loads((tmp_path / "session.json").read_text())["round"]["answers"])
        workshop.reveal({"text": {"en": "", "nl": ""}})
        assert workshop.round.phase == "open", "nothing is revealed before the answers are closed"
        workshop.close()
        workshop.reveal({"text": {"en": "", "nl": ""}})
        kept = "".join(file.read_text() for file in tmp_path.iterdir())
        for value in first.cookies.values():
            assert value not in kept
            assert value.split(".")[0] not in kept
        assert len(marks) == 1
        assert not marks & earlier, "marks of two questions cannot be linked"
        earlier = marks
    rounds = [json.loads(line) for line in (tmp_path / "rounds.jsonl").read_text().splitlines()]
    assert [one["answers"] for one in rounds] == [[1.0], [1.0]]


@pytest.mark.parametrize("code", ["", "AAAAAA", None, 7, ["x"], "x" * 10_000, "\u2603", "' OR 1=1"])
def test_a_wrong_code_does_not_let_in(client: TestClient, code: Any) -> None:
    assert client.post("/room/join", content=json.dumps({"code": code})).status_code in (403, 413)
    assert client.get("/room/now").json() == {"joined": False}
    assert answered(client, "q1", 1) == 403
    assert client.get("/room/events").status_code == 403


def test_codes_cannot_be_tried_out(client: TestClient, workshop: Workshop) -> None:
    tried = [client.post("/room/join", content=json.dumps({"code": f"AAAA{k:02d}"})).status_code for k in range(80)]
    assert tried[:50] == [403] * 50, "a room of phones at one address may be wrong now and then"
    assert tried[-5:] == [429] * 5
    assert client.post("/room/join", content=json.dumps({"code": workshop.code})).status_code == 429, (
        "who has tried too often is not told that a code is right"
    )


@pytest.mark.parametrize("ticket", ["x", "x.y", ".", "a" * 5000, "\u00e9.1", "1.2.3"])
def test_a_forged_ticket_does_not_let_in(client: TestClient, ticket: str) -> None:
    headers = [(b"cookie", f"careerflows_participant={ticket}".encode("latin-1"))]
    assert client.get("/room/now", headers=headers).json() == {"joined": False}


@pytest.mark.parametrize(
    "value",
    ["5", None, True, [1], {"a": 1}, 6000, -1001, float("nan"), float("inf"), 10**400, "<script>alert(1)</script>"],
)
def test_what_is_no_answer_is_not_counted(workshop: Workshop, value: Any) -> None:
    one = joined(workshop)
    workshop.pose(HOW_MANY)
    body = json.dumps({"question": "q1", "value": value})
    assert one.post("/room/answer", content=body).status_code == 409
    workshop.pose(WHICH)
    assert answered(one, "q2", 2) == answered(one, "q2", 0.5) == answered(one, "q1", 1) == 409
    assert workshop.round.answers == {}


@pytest.mark.parametrize(
    "body", [b"", b"[", b"\xff\xfe", b"[" * 1900, b"{}" * 5000, b"null", b'{"code": "' + b"A" * 1900]
)
def test_hostile_bodies_are_refused_and_nothing_stops(workshop: Workshop, body: bytes) -> None:
    one = joined(workshop)
    workshop.pose(HOW_MANY)
    assert one.post("/room/answer", content=body).status_code == 409
    assert one.post("/room/join", content=body).status_code == 204  # joined already
    assert answered(one, "q1", 100) == 204


def test_participants_get_nothing_of_the_facilitator(workshop: Workshop) -> None:
    one = joined(workshop)
    assert one.get("/").headers["location"] == "/room"
    assert one.get("/room/").headers["location"] == "/room"
    assert one.get("/room/room.js").status_code == 200
    for path in (
        "/_nicegui/anything",
        "/live/live.js",
        "/_nicegui_ws/socket.io/?x=1",
        "/anything",
        "/roomy",
        "/room/zz",
        "/favicon.ico/x",
        "/room/../live/live.js",
    ):
        assert one.get(path).status_code == 403, path
    assert one.post("/_nicegui/client/upload").status_code == 403
    with pytest.raises(WebSocketDisconnect), one.websocket_connect(f"{THERE}/_nicegui_ws/socket.io/") as socket:
        socket.receive_text()


def test_the_key_makes_the_facilitator(client: TestClient, workshop: Workshop) -> None:
    assert client.get("/?key=wrong").headers["location"] == "/room"
    assert client.get("/", headers={"cookie": f"{FACILITATOR}=wrong"}).headers["location"] == "/room"
    welcome = client.get(f"/?key={workshop.key}")
    assert welcome.headers["location"] == "/"
    assert "httponly" in welcome.headers["set-cookie"].lower()
    assert client.get("/").json() == "facilitator"
    with client.websocket_connect(f"{THERE}/_nicegui_ws/socket.io/") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"


@pytest.mark.parametrize(
    "path",
    ["/room/../session.json", "/room/..%2f..%2fsession.json", "/room/session.json", "/room/%2e%2e/%2e%2e/etc/passwd",
     "/live/..%2f..%2ftexts.py", "/live/%2e%2e/page.py", "/live//etc/passwd", "/room/room.py", "/room/live.js"],
)  # fmt: skip
def test_path_tricks_find_nothing(workshop: Workshop, path: str) -> None:
    local = TestClient(application(workshop, shared=False), base_url="http://127.0.0.1:8350")
    answer = local.get(path)
    assert answer.status_code in (403, 404), path
    assert workshop.key not in answer.text


@pytest.mark.parametrize(
    ("host", "local", "shared"),
    [("127.0.0.1:8350", True, True), ("localhost:8350", True, True), ("[::1]:8350", True, True), ("", False, False),
     ("evil.example", False, False), ("evil.example:8350", False, False), ("laptop.local", False, True),
     ("192.168.1.7", False, True), ("127.0.0.1.evil.example", False, False), ("]", False, False)],
)  # fmt: skip
def test_only_own_names_are_answered(host: str, local: bool, shared: bool) -> None:
    """A page of another site whose name leads to this machine is not answered."""
    assert own_host(host, shared=False) is local
    assert own_host(host, shared=True) is shared


def test_pages_of_other_sites_cannot_ask(workshop: Workshop) -> None:
    local = TestClient(application(workshop, shared=False), base_url="http://127.0.0.1:8350")
    assert local.post("/_nicegui/client/upload", headers={"origin": "http://evil.example"}).status_code == 403
    assert local.post("/_nicegui/client/upload", headers={"origin": "null"}).status_code == 403
    assert local.post("/_nicegui/client/upload", headers={"origin": "http://127.0.0.1:8350"}).status_code == 200
    assert local.post("/_nicegui/client/upload", headers={"origin": "http://["}).status_code == 403
    assert local.get("/", headers={"host": "evil.example"}).status_code == 421
    for origin, fine in (("http://evil.example", False), ("http://127.0.0.1:8350", True)):
        try:
            with local.websocket_connect(HERE, headers={"origin": origin}) as socket:
                socket.send_text("x")
                assert socket.receive_text() == "x"
                assert fine
        except WebSocketDisconnect:
            assert not fine


@pytest.mark.parametrize(
    ("site", "mode", "dest", "status"),
    [("cross-site", "no-cors", "image", 403), ("same-site", "no-cors", "image", 403),
     ("cross-site", "navigate", "iframe", 403), ("cross-site", "cors", "empty", 403),
     ("cross-site", "navigate", "document", 200), ("same-origin", "cors", "empty", 200),
     ("none", "navigate", "document", 200)],
)  # fmt: skip
def test_other_sites_may_lead_to_the_page_and_no_more(
    workshop: Workshop, site: str, mode: str, dest: str, status: int
) -> None:
    local = TestClient(application(workshop, shared=False), base_url="http://127.0.0.1:8350")
    headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    assert local.get("/?s=1.abc", headers=headers).status_code == status


def test_large_and_many_messages_end_the_connection(workshop: Workshop) -> None:
    local = TestClient(application(workshop, shared=False), base_url="http://127.0.0.1:8350")
    assert local.post("/_nicegui/client/upload", content=b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert echoed(local, ["x", "x" * 200_001, "x"]) == 1
    assert 100 < echoed(local, ["x"] * 1000) < 1000


def echoed(client: TestClient, messages: list[str]) -> int:
    """How many messages came back before the connection was ended."""
    number = 0
    with contextlib.suppress(WebSocketDisconnect), client.websocket_connect(HERE) as socket:
        for message in messages:
            socket.send_text(message)
            socket.receive_text()
            number += 1
    return number


def test_requests_are_limited_per_participant(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.live.guard.time.monotonic", lambda: 0.0)
    first, second = joined(workshop), joined(workshop)
    assert [first.get("/room/now").status_code for _ in range(60)][-1] == 429
    assert second.get("/room/now").status_code == 200


def test_one_address_cannot_fill_the_room(workshop: Workshop) -> None:
    stranger = application(workshop, shared=True)

    def newcomer() -> int:
        with TestClient(stranger, base_url="http://192.168.1.7:8350") as found:
            return found.post("/room/join", content=json.dumps({"code": workshop.code})).status_code

    tried = [newcomer() for _ in range(125)]
    assert tried[:120] == [204] * 120
    assert tried[-1] == 429


def test_nobody_holds_all_the_places_to_listen() -> None:
    listeners = Listeners()
    with contextlib.ExitStack() as pages:
        for _ in range(MOST_FOR_ONE):
            assert not listeners.full("one", "10.0.0.1")
            pages.enter_context(listeners.listening("one", "10.0.0.1"))
        assert listeners.full("one", "10.0.0.2")
        for number in range(MOST_FOR_ADDRESS - MOST_FOR_ONE):
            pages.enter_context(listeners.listening(f"other {number}", "10.0.0.1"))
        assert listeners.full("another", "10.0.0.1")
        assert not listeners.full("another", "10.0.0.2")
    assert not listeners.full("one", "10.0.0.1")
    assert not listeners.waiting


def test_buckets_fill_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("experiments.live.guard.time.monotonic", lambda: now[0])
    bucket = Bucket(burst=3, rate=1, clients=2)
    assert [bucket.take("a") for _ in range(4)] == [True, True, True, False]
    now[0] = 1.5
    assert [bucket.take("a") for _ in range(2)] == [True, False]
    assert bucket.take("b")
    assert bucket.take("c")
    assert len(bucket._left) == 2, "what is known of clients does not grow without end"


def test_answers_have_their_policy(client: TestClient) -> None:
    answer = client.get("/room")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
