"""Files of recordings from a real server process: ranges, names, links, the ZIP, memory."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web.http.servers import WHOLE, Server, raw

from emotion.jobs.artefacts import TRACES_JSON
from emotion.store.places import POINTER
from emotion.web.http.shelf import OURS
from emotion.web.links import Links

pytestmark = pytest.mark.slow

RECORDING = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32
VIDEO = bytes(range(256)) * 12
MIB = 1 << 20


@pytest.fixture(scope="session")
def recording(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording with results, and traps beside them."""
    results = server.data_dir / "recordings" / RECORDING / "results"
    results.mkdir(parents=True)
    (results / "annotated.mp4").write_bytes(VIDEO)
    (results / "faces.csv").write_text("frame,time_s\n", encoding="utf-8")
    (results / "empty.json").touch()
    (results / "traces.json").touch()
    (results / ".faces.csv").write_text("half-written", encoding="utf-8")
    (results / "secret.csv").symlink_to(server.data_dir / "secret")
    (results / "folder.mp4").mkdir()
    source = results.parent / "source"
    source.mkdir()
    (source / "интервью.webm").write_bytes(VIDEO)
    (server.data_dir / "recordings" / OTHER / "results").mkdir(parents=True)
    server.record(RECORDING, OTHER)
    return results


@pytest.fixture
def link(server: Server, recording: Path) -> Callable[..., str]:
    return lambda name="annotated.mp4", **options: server.links.file(RECORDING, name, **options)


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        pytest.param(None, 200, VIDEO, id="none"),
        pytest.param("bytes=0-", 206, VIDEO, id="all"),
        pytest.param("bytes=0-0", 206, VIDEO[:1], id="the first byte"),
        pytest.param("bytes=100-199", 206, VIDEO[100:200], id="the middle"),
        pytest.param("bytes=3000-99999", 206, VIDEO[3000:], id="beyond the end"),
        pytest.param("bytes=-72", 206, VIDEO[-72:], id="the last ones"),
        pytest.param(f"bytes={len(VIDEO)}-", 416, None, id="after the end"),
        pytest.param("bytes=9-3", 400, None, id="backwards"),
        pytest.param("pages=1-2", 400, None, id="another unit"),
        pytest.param("bytes=a-b", 400, None, id="no numbers"),
    ],
)
def test_ranges(
    client: httpx.Client, link: Callable[..., str], asked: str | None, status: int, body: bytes | None
) -> None:
    response = client.get(link(), headers={"Range": asked} if asked else {})
    assert response.status_code == status
    if body is not None:
        assert response.content == body
        assert response.headers["Content-Type"] == "video/mp4"
        assert response.headers["Accept-Ranges"] == "bytes"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(0, 4000), last=st.integers(0, 4000))
def test_any_range_is_what_the_slice_says(
    client: httpx.Client, link: Callable[..., str], first: int, last: int
) -> None:
    response = client.get(link(), headers={"Range": f"bytes={first}-{last}"})
    expected = VIDEO[first : last + 1]
    if expected:
        assert (response.status_code, response.content) == (206, expected)
        assert response.headers["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(VIDEO)}"
    else:
        assert response.status_code in (400, 416)


def test_a_changed_file_is_sent_whole(client: httpx.Client, link: Callable[..., str]) -> None:
    tag = client.head(link()).headers["ETag"]
    asked = {"Range": "bytes=5-9"}
    assert client.get(link(), headers={**asked, "If-Range": tag}).status_code == 206
    assert client.get(link(), headers={**asked, "If-Range": '"of another day"'}).content == VIDEO


def test_head_says_the_same_without_the_bytes(client: httpx.Client, link: Callable[..., str]) -> None:
    response = client.head(link())
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(len(VIDEO))
    assert response.content == b""


def test_faces_stay_on_no_disk_but_the_servers(client: httpx.Client, link: Callable[..., str]) -> None:
    headers = client.get(link()).headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Content-Disposition" not in headers


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        pytest.param("interview-faces.csv", "interview-faces.csv", id="plain"),
        pytest.param("день.csv", "%D0%B4%D0%B5%D0%BD%D1%8C.csv", id="other scripts"),
        pytest.param('a"; b\r\nSet-Cookie: x', "%22", id="a header of one's own"),
    ],
)
def test_a_download_has_a_name(client: httpx.Client, link: Callable[..., str], name: str, kept: str) -> None:
    headers = client.get(link("faces.csv", download_as=name)).headers
    assert headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert kept in headers["Content-Disposition"] or '"' not in headers["Content-Disposition"]
    assert "Set-Cookie" not in headers
    assert headers["Content-Type"].startswith("text/csv")


def test_the_video_as_it_came(client: httpx.Client, link: Callable[..., str]) -> None:
    response = client.get(link("source"))
    assert response.content == VIDEO
    assert response.headers["Content-Type"] == "video/webm"


def test_the_video_of_the_servers_folder(start: Callable[..., Server], tmp_path: Path) -> None:
    media = tmp_path / "media"
    (media / "2026").mkdir(parents=True)
    (media / "2026" / "clip.mov").write_bytes(VIDEO)
    (tmp_path / "private.mov").write_bytes(b"private")
    server = start(EMOTION_MEDIA_DIR=str(media))
    for number, path, status in ((RECORDING, "2026/clip.mov", 200), (OTHER, "../private.mov", 404), ("a" * 32, 5, 404)):
        folder = server.data_dir / "recordings" / number
        folder.mkdir(parents=True)
        (folder / POINTER).write_text(json.dumps({"media": path}), encoding="utf-8")
        server.record(number)
        response = httpx.get(server.url + server.links.file(number, "source"), timeout=60)
        assert response.status_code == status
        assert (response.content == VIDEO) == (status == 200)


@pytest.mark.parametrize(
    "name",
    [
        "../../../secret",
        "..%2f..%2f..%2fsecret",
        "%2e%2e/%2e%2e/%2e%2e/secret",
        "....//secret",
        "..%5c..%5csecret",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "secret.csv",
        "folder.mp4",
        ".faces.csv",
        "faces.csv%00.mp4",
        "faces.csv/",
        "nothing.mp4",
        "",
        "%00",
        "CON",
        "faces.csv::$DATA",
        "x" * 5000 + ".csv",
    ],
)
def test_no_name_leads_out(server: Server, link: Callable[..., str], name: str) -> None:
    key = link().split("?", 1)[1]
    secret = (server.data_dir / "secret").read_bytes()
    status, headers, body = raw(server, "GET", f"/api/recordings/{RECORDING}/files/{name}?{key}")
    assert secret not in body
    assert b"root:" not in body
    # What is none of our addresses at all is Streamlit's, which answers with its own page or sends on to it.
    assert status in (301, 307, 400, 404) or headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "recording_id", ["..", "%2e%2e", "0" * 31, RECORDING.upper(), f"{RECORDING}%0a", "../recordings"]
)
def test_no_number_leads_out(server: Server, recording: Path, recording_id: str) -> None:
    key = server.links.file(recording_id, "annotated.mp4").split("?", 1)[1]
    status, headers, body = raw(server, "GET", f"/api/recordings/{recording_id}/files/annotated.mp4?{key}")
    assert body != VIDEO
    assert status in (301, 307, 400, 403, 404) or headers["content-type"].startswith("text/html")


def test_a_link_is_for_one_recording_and_time(
    server: Server, client: httpx.Client, link: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = link()
    path, key = good.split("?", 1)
    foreign = server.links.file(OTHER, "annotated.mp4").split("?", 1)[1]
    forged = Links(b"another secret of as many bytes!").file(RECORDING, "annotated.mp4")
    ticket = f"key={server.links.ticket()}"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3 * 3600)
    old = link(lasts_s=3600)
    for wrong in (path, f"{path}?key=", f"{path}?{foreign}", forged, old, f"{path}?{ticket}", f"{path}?{key}x"):
        response = client.get(wrong)
        assert response.status_code == 403, wrong
        assert "Open the recording's page again" in response.json()["error"]
    assert client.get(good).status_code == 200


def test_links_stay_the_same_for_a_while_and_over_a_restart(server: Server) -> None:
    before = server.links.file(RECORDING, "a.mp4", lasts_s=86_400)
    assert before == server.links.file(RECORDING, "a.mp4", lasts_s=86_400)
    assert (server.data_dir / "secret").stat().st_mode & 0o777 == 0o600


def test_a_deleted_recording_is_gone(server: Server, client: httpx.Client) -> None:
    response = client.get(server.links.file("e" * 32, "annotated.mp4"))
    assert response.status_code == 404
    assert "not here any more" in response.json()["error"]


def test_what_only_pages_read_is_not_packed() -> None:
    assert {TRACES_JSON} == OURS


def test_all_results_as_one_zip(client: httpx.Client, link: Callable[..., str]) -> None:
    response = client.get(link("all.zip", download_as="interview.zip"))
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert client.head(link("all.zip")).headers["Content-Length"] == str(len(response.content))
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        assert packed.testzip() is None
        assert sorted(packed.namelist()) == ["annotated.mp4", "empty.json", "faces.csv"]
        assert packed.read("annotated.mp4") == VIDEO


def test_under_a_sub_path(start: Callable[..., Server]) -> None:
    server = start(base="/emotion/", app=WHOLE)
    results = server.data_dir / "recordings" / RECORDING / "results"
    results.mkdir(parents=True)
    (results / "annotated.mp4").write_bytes(VIDEO)
    server.record(RECORDING)
    link = server.links.file(RECORDING, "annotated.mp4")
    assert link.startswith("/emotion/api/")
    assert httpx.get(server.url + link, timeout=60).content == VIDEO


def test_a_large_file_leaves_the_memory_as_it_was(start: Callable[..., Server]) -> None:
    """6 GB on the disk's account, none on the disk: a hole."""
    server = start()
    results = server.data_dir / "recordings" / RECORDING / "results"
    results.mkdir(parents=True)
    size = 6 << 30
    with (results / "merged.mp4").open("wb") as file:
        os.truncate(file.fileno(), size)
    server.record(RECORDING)
    link = server.url + server.links.file(RECORDING, "merged.mp4")
    httpx.get(link, headers={"Range": "bytes=0-99999"}, timeout=60)
    before = server.highest_mb()
    tail = httpx.get(link, headers={"Range": f"bytes={size - 10}-"}, timeout=60)
    assert (tail.status_code, tail.content) == (206, bytes(10))
    for name in ("merged.mp4", "all.zip"):
        with httpx.stream("GET", server.url + server.links.file(RECORDING, name), timeout=60) as response:
            for count, _ in enumerate(response.iter_bytes(MIB)):
                if count == 150:
                    break
    assert server.highest_mb() - before < 50
