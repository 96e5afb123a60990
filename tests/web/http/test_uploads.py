"""Uploads against a real server process: the protocol, broken connections, kills, limits, memory."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from web.http.servers import CHUNK, WHOLE, Server, Tus, raw, repr_digest

from emotion.jobs.inbox import Inbox
from emotion.settings import Privacy, Settings

pytestmark = pytest.mark.slow

BODY = os.urandom(3 * CHUNK + 12_345)
MIB = 1 << 20


def inbox(server: Server) -> Inbox:
    return Inbox.of(Settings.load(data_dir=server.data_dir, min_free_gb=0))


def uploads_on_disk(server: Server) -> set[str]:
    return {path.name for path in (server.data_dir / "uploads").iterdir()}


def eventually(true: Callable[[], bool], within_s: float = 10) -> bool:
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_what_the_server_can(client: httpx.Client) -> None:
    response = client.options("/api/uploads")
    assert response.status_code == 204
    assert response.headers["Tus-Version"] == "1.0.0"
    assert response.headers["Tus-Max-Size"] == str(1 << 30)
    assert set(response.headers["Tus-Extension"].split(",")) == {"creation", "termination", "expiration"}
    assert not any(name.lower().startswith("access-control") for name in response.headers)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        pytest.param("interview.mp4", "interview.mp4", id="plain"),
        pytest.param("интервью 😀.mp4", "интервью 😀.mp4", id="other scripts"),
        pytest.param("../../etc/passwd", "passwd", id="a path"),
        pytest.param("..\\..\\boot.ini", "boot.ini", id="a path of Windows"),
        pytest.param("\0\n.mp4", "mp4", id="control characters"),
        pytest.param("x" * 300 + ".mp4", "x" * 80, id="long"),
    ],
)
def test_an_upload_arrives_whole_under_a_safe_name(
    server: Server, tus: Tus, tmp_path: Path, name: str, kept: str
) -> None:
    number = tus.send(name, BODY)
    there = inbox(server).take(number, "local", tmp_path / "source")
    assert there == tmp_path / "source" / kept
    assert there.read_bytes() == BODY
    assert number not in uploads_on_disk(server)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param("filename Y2xpcC5tcDQ=", None, id="nothing was chosen"),
        pytest.param("filename Y2xpcC5tcDQ=,privacy YWxs", Privacy.ALL, id="everybody is to be blurred"),
    ],
)
def test_whose_faces_are_to_be_blurred_is_kept_with_it(
    server: Server, tus: Tus, said: str, kept: Privacy | None
) -> None:
    made = tus.create("clip.mp4", 10, **{"Upload-Metadata": said})
    found = inbox(server).find(made.headers["Location"].rsplit("/", 1)[1])
    assert found is not None
    assert (found.name, found.privacy) == ("clip.mp4", kept)


def test_it_goes_on_after_a_broken_connection(server: Server, tus: Tus) -> None:
    path = tus.create("clip.mp4", len(BODY)).headers["Location"]

    def broken() -> Iterator[bytes]:
        yield BODY[: 2 * CHUNK]
        yield BODY[2 * CHUNK : 2 * CHUNK + 777]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        tus.patch(path, 0, broken())
    assert eventually(lambda: tus.offset(path) == 2 * CHUNK + 777), "what came before the break was lost"
    rest = tus.patch(path, 2 * CHUNK + 777, BODY[2 * CHUNK + 777 :], **{"Repr-Digest": repr_digest(BODY)})
    assert rest.status_code == 204
    assert rest.headers["Upload-Offset"] == str(len(BODY))
    found = inbox(server).complete(path.rsplit("/", 1)[1], "local")
    assert inbox(server).data(found).read_bytes() == BODY


def test_a_connection_that_hangs_gives_way_to_the_next(server: Server, tus: Tus) -> None:
    path = tus.create("clip.mp4", len(BODY)).headers["Location"]
    lines = [f"PATCH {path} HTTP/1.1", "Host: x", "Content-Type: application/offset+octet-stream"]
    lines += [
        "Upload-Offset: 0",
        f"Content-Length: {len(BODY)}",
        "Tus-Resumable: 1.0.0",
        f"Emotion-Ticket: {tus.ticket}",
    ]
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as hanging:
        hanging.sendall("\r\n".join([*lines, "", ""]).encode() + BODY[:CHUNK])
        part = server.data_dir / "uploads" / path.rsplit("/", 1)[1] / "part"
        assert eventually(lambda: part.stat().st_size > 0)
        offset = tus.offset(path) or 0
        assert tus.patch(path, offset, BODY[offset:]).status_code == 204
        hanging.sendall(BODY[CHUNK : 2 * CHUNK])
        time.sleep(0.3)
    found = inbox(server).complete(path.rsplit("/", 1)[1], "local")
    assert inbox(server).data(found).read_bytes() == BODY


def test_it_goes_on_after_a_kill(start: Callable[..., Server]) -> None:
    server = start()
    with httpx.Client(base_url=server.url, timeout=60) as client:
        tus = Tus(server, client, server.links.ticket())
        path = tus.create("clip.mp4", len(BODY)).headers["Location"]
        tus.patch(path, 0, BODY[:CHUNK])
        tus.patch(path, CHUNK, BODY[CHUNK : CHUNK + 99])
        server.kill()
    server.start()
    with httpx.Client(base_url=server.url, timeout=60) as client:
        tus = Tus(server, client, tus.ticket)
        assert tus.offset(path) == CHUNK + 99
        rest = tus.patch(path, CHUNK + 99, BODY[CHUNK + 99 :], **{"Repr-Digest": repr_digest(BODY)})
        assert rest.status_code == 204
    found = inbox(server).complete(path.rsplit("/", 1)[1], "local")
    assert inbox(server).data(found).read_bytes() == BODY


def test_a_damaged_file_is_refused_and_gone(server: Server, tus: Tus) -> None:
    path = tus.create("clip.mp4", len(BODY)).headers["Location"]
    tus.patch(path, 0, BODY[:CHUNK])
    other = BODY[:10] + b"!" + BODY[11:]
    response = tus.patch(path, CHUNK, BODY[CHUNK:], **{"Repr-Digest": repr_digest(other)})
    assert response.status_code == 460
    assert "Choose it again" in response.json()["error"]
    assert tus.offset(path) is None
    assert path.rsplit("/", 1)[1] not in uploads_on_disk(server)


def test_the_hash_can_come_after_the_last_byte(server: Server, tus: Tus) -> None:
    """The answer to the last PATCH was lost together with the server: the browser sends the hash again, and no byte."""
    path = tus.create("clip.mp4", len(BODY)).headers["Location"]
    number = path.rsplit("/", 1)[1]
    (server.data_dir / "uploads" / number / "part").write_bytes(BODY)
    assert tus.offset(path) == len(BODY)
    assert not (found := inbox(server).find(number)) or not found.complete
    assert tus.patch(path, len(BODY), b"", **{"Repr-Digest": repr_digest(BODY)}).status_code == 204
    assert inbox(server).complete(number, "local").complete


def test_cancel_deletes_at_once(server: Server, tus: Tus) -> None:
    path = tus.create("clip.mp4", len(BODY)).headers["Location"]
    tus.patch(path, 0, BODY[:CHUNK])
    assert tus.client.delete(path, headers=tus.headers()).status_code == 204
    assert path.rsplit("/", 1)[1] not in uploads_on_disk(server)
    assert tus.patch(path, CHUNK, BODY[CHUNK:]).status_code == 404


@pytest.mark.parametrize(
    ("length", "status", "says"),
    [
        pytest.param((1 << 30) + 1, 413, "1 GB is the most", id="a byte too large"),
        pytest.param(1 << 59, 413, "the most that can be uploaded", id="absurd"),
        pytest.param(0, 507, "empty", id="empty"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_it_is_sent(
    server: Server, tus: Tus, length: int, status: int, says: str
) -> None:
    before = uploads_on_disk(server)
    response = tus.create("clip.mp4", length)
    assert response.status_code == status
    assert says in response.json()["error"]
    assert uploads_on_disk(server) == before


def test_a_disk_without_room_is_told_before(start: Callable[..., Server]) -> None:
    server = start(EMOTION_MIN_FREE_GB="1000000")
    with httpx.Client(base_url=server.url, timeout=60) as client:
        response = Tus(server, client, server.links.ticket()).create("clip.mp4", 5)
    assert response.status_code == 507
    assert "no room" in response.json()["error"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Tus-Resumable": "0.2.2"}, 412, id="another version"),
        pytest.param({"Emotion-Ticket": ""}, 403, id="no ticket"),
        pytest.param({"Emotion-Ticket": "WyIiLCJsb2NhbCIsOTk5OTk5OTk5OV0.forged"}, 403, id="a forged ticket"),
        pytest.param({"Upload-Length": "-5"}, 400, id="negative"),
        pytest.param({"Upload-Length": "9" * 5000}, 400, id="a number of 5000 digits"),
        pytest.param({"Upload-Length": "²"}, 400, id="a digit that is none"),
        pytest.param({"Upload-Metadata": ""}, 400, id="no name"),
        pytest.param({"Upload-Metadata": "filename !!!"}, 400, id="no Base64"),
        pytest.param({"Upload-Metadata": "filename /////w=="}, 400, id="no UTF-8"),
        pytest.param({"Upload-Metadata": "filename Y2xpcC5tcDQ=,privacy eA=="}, 400, id="no such privacy"),
    ],
)
def test_what_makes_no_sense_is_refused(server: Server, tus: Tus, headers: dict[str, str], status: int) -> None:
    before = uploads_on_disk(server)
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    good = {name: value.encode() for name, value in tus.headers(**{"Upload-Length": "5"}).items()}
    named = {"Upload-Metadata": b"filename Y2xpcC5tcDQ="}
    response = tus.client.post("/api/uploads", headers={**good, **named, **encoded})
    assert response.status_code == status
    assert uploads_on_disk(server) == before


@pytest.mark.parametrize(
    ("offset", "body", "more", "status"),
    [
        pytest.param(7, b"x", {}, 409, id="a wrong place"),
        pytest.param(0, b"x" * 11, {}, 413, id="more than announced"),
        pytest.param(0, b"x", {"Content-Type": "video/mp4"}, 415, id="a wrong type"),
        pytest.param(0, b"x", {"Emotion-Ticket": ""}, 403, id="no ticket"),
    ],
)
def test_a_wrong_piece_leaves_the_upload_as_it_was(
    tus: Tus, offset: int, body: bytes, more: dict[str, str], status: int
) -> None:
    path = tus.create("clip.mp4", 10).headers["Location"]
    assert tus.patch(path, offset, body, **more).status_code == status
    assert tus.offset(path) == 0


@pytest.mark.parametrize("number", ["../../secret", "..", "0" * 31, "G" * 32, "0" * 32, "%2e%2e%2fsecret", "part"])
def test_no_other_file_is_an_upload(server: Server, tus: Tus, number: str) -> None:
    secret = (server.data_dir / "secret").read_bytes()
    for method in ("HEAD", "PATCH", "DELETE", "POST"):
        body = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        status, _, _ = raw(server, method, f"/api/uploads/{number}", **tus.headers(**body))
        assert status in (400, 404, 405)
    assert (server.data_dir / "secret").read_bytes() == secret


def test_others_uploads_are_none(server: Server, tus: Tus) -> None:
    theirs = inbox(server).find(inbox(server).create("clip.mp4", 10, "somebody else").id)
    assert theirs is not None
    path = f"/api/uploads/{theirs.id}"
    assert tus.offset(path) is None
    assert tus.patch(path, 0, b"x").status_code == 404
    assert tus.client.delete(path, headers=tus.headers()).status_code == 404
    # A ticket is for whom it was made: with another's, one is neither of the two.
    stolen = Tus(server, tus.client, server.links.ticket("somebody else"))
    assert stolen.create("clip.mp4", 10).status_code == 403
    assert stolen.patch(path, 0, b"x").status_code == 403
    assert inbox(server).find(theirs.id) == theirs


def test_one_whose_time_is_over_is_none_and_lies_where_it_is(server: Server, tus: Tus) -> None:
    """A clock that was set wrongly may be set right again: only who doubts the clock deletes (jobs/supervisor.py)."""
    path = tus.create("clip.mp4", len(BODY)).headers["Location"]
    tus.patch(path, 0, BODY[:CHUNK])
    folder = server.data_dir / "uploads" / path.rsplit("/", 1)[1]
    for each in (folder / "part", folder):
        os.utime(each, (0, 0))
    assert tus.offset(path) is None
    assert tus.create("other.mp4", 10).status_code == 201
    assert (folder / "part").stat().st_size == CHUNK
    os.utime(folder / "part")
    assert tus.offset(path) == CHUNK


def test_under_a_sub_path(start: Callable[..., Server]) -> None:
    server = start(base="emotion/team", app=WHOLE)
    with httpx.Client(base_url=server.url, timeout=60) as client:
        tus = Tus(server, client, server.links.ticket())
        path = tus.create("clip.mp4", 10).headers["Location"]
        assert path.startswith("/emotion/team/api/uploads/")
        assert tus.patch(path, 0, b"0123456789").status_code == 204


def test_a_large_upload_leaves_the_memory_as_it_was(server: Server, tus: Tus) -> None:
    """256 MiB here; docs/performance.md has the figure for 2 GiB."""
    size = 256 * MIB
    tus.send("warm.mp4", BODY)
    before = server.highest_mb()
    path = tus.create("large.mp4", size).headers["Location"]
    response = tus.patch(path, 0, (bytes(MIB) for _ in range(256)))
    assert response.status_code == 204
    assert inbox(server).complete(path.rsplit("/", 1)[1], "local").length == size
    assert server.highest_mb() - before < 50
    tus.client.delete(path, headers=tus.headers())
