"""What probes and monitoring hear, and who hears it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from crew import until
from prometheus_client.parser import text_string_to_metric_families
from web.http.servers import ROOT, WHOLE, Server

from emotion.settings import Settings
from emotion.store import recordings, workers
from emotion.store.database import Database
from emotion.store.values import Origin, Worker
from emotion.web.http.health import SLOW

TOKEN = "t" * 32
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SETTINGS = {"EMOTION_METRICS_TOKEN": TOKEN}
Start = Callable[..., Server]


def looked_at(url: str) -> dict[str, str]:
    """What a look found. The first one loads much: a busy machine needs more for it than the 5 s that anybody waits."""

    def look() -> dict[str, str]:
        found: dict[str, str] = httpx.get(f"{url}/readyz", headers=BEARER, timeout=60).json()["checks"]
        return {} if SLOW.name in found else found

    return until(look)


def measured(url: str) -> dict[str, float]:
    """All numbers, once they could be measured."""

    def look() -> dict[str, float]:
        found = numbers(httpx.get(f"{url}/metrics", headers=BEARER, timeout=60))
        return found if "emotion_database_up" in found else {}

    return until(look)


def numbers(answer: httpx.Response) -> dict[str, float]:
    """``name{label}`` -> value."""
    assert answer.status_code == 200
    return {
        "".join([sample.name, *(f"{{{value}}}" for value in sample.labels.values())]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.mark.slow
@pytest.mark.parametrize("base", ["", "/emotion"])
def test_a_whole_server_becomes_ready(start: Start, base: str) -> None:
    server = start(base=base, app=WHOLE, **SETTINGS)

    def get(path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{server.url}{base}{path}", headers=headers, timeout=60)

    assert get("/healthz").status_code == 200
    until(lambda: get("/readyz").status_code == 200)
    until(lambda: get("/readyz").json() == {"ready": True})
    assert looked_at(f"{server.url}{base}") == dict.fromkeys(["data_folder", "models", "database", "workers"], "ok")
    assert measured(f"{server.url}{base}")["emotion_workers"] >= 1
    # Probes that go to the process itself know nothing of a sub-path.
    assert httpx.get(f"{server.url}/healthz", timeout=60).text == "ok\n"


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without workers that has a token."""
    started = Server(tmp_path_factory.mktemp("data"), SETTINGS)
    started.start()
    yield started
    started.kill()


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        pytest.param("", 401, id="none"),
        pytest.param(f"Bearer {TOKEN[:-1]}", 401, id="a wrong one"),
        pytest.param(f"Basic {TOKEN}", 401, id="a password"),
        pytest.param(f"bearer {TOKEN}", 200, id="the right one"),
    ],
)
def test_who_knows_the_token_sees_more(watched: Server, shown: str, status: int) -> None:
    headers = {"Authorization": shown} if shown else {}
    answer = httpx.get(f"{watched.url}/metrics", headers=headers, timeout=60)
    assert answer.status_code == status
    assert ("emotion_" in answer.text) == (status == 200)
    assert ("checks" in httpx.get(f"{watched.url}/readyz", headers=headers, timeout=60).json()) == (status == 200)


def test_without_a_token_there_are_no_metrics(server: Server) -> None:
    assert httpx.get(f"{server.url}/metrics", headers=BEARER, timeout=60).status_code == 404
    assert "checks" not in httpx.get(f"{server.url}/readyz", headers=BEARER, timeout=60).json()


@pytest.mark.slow
def test_what_is_amiss_is_told_to_who_may_know(start: Start) -> None:
    """A server without workers, and then without a data folder that can be written."""
    server = start(**SETTINGS)
    answer = httpx.get(f"{server.url}/readyz", timeout=60)
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    checks = looked_at(server.url)
    assert "No worker" in checks["workers"]
    assert checks["database"] == checks["data_folder"] == "ok"
    server.data_dir.rename(server.data_dir.with_name("gone"))

    def gone() -> bool:
        return "data folder" in looked_at(server.url)["data_folder"]

    until(gone)
    assert httpx.get(f"{server.url}/healthz", timeout=60).status_code == 200


@pytest.mark.slow
def test_without_its_database_a_server_still_answers(start: Start) -> None:
    server = start(**SETTINGS, EMOTION_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert httpx.get(f"{server.url}/healthz", timeout=60).status_code == 200
    checks = looked_at(server.url)
    assert checks["data_folder"] == "ok"
    assert "database" in checks["database"]
    assert httpx.get(f"{server.url}/readyz", timeout=60).status_code == 503
    found = measured(server.url)
    assert found["emotion_database_up"] == 0
    assert found["emotion_process_resident_memory_bytes"] > 0


def test_the_numbers_are_those_of_the_whole_server(watched: Server) -> None:
    server = watched
    first = measured(server.url)
    assert (first["emotion_database_up"], first["emotion_jobs{waiting}"], first["emotion_workers"]) == (1, 0, 0)
    with Database.open(Settings.load(data_dir=server.data_dir)) as database:
        now = time.time()
        workers.register(database, Worker("a" * 32, "elsewhere", 1, now, now))
        for _ in range(2):
            recordings.add(database, owner="ann", name="x", origin=Origin.UPLOAD, source="x", size_bytes=7, settings={})

    def seen() -> dict[str, float]:
        found = measured(server.url)
        return found if found["emotion_jobs{waiting}"] == 2 else {}

    found = until(seen)
    assert (found["emotion_recordings"], found["emotion_recordings_bytes"]) == (2, 14)
    assert (found["emotion_tasks{waiting}"], found["emotion_workers"]) == (2, 1)
    assert found["emotion_data_free_bytes"] > 0
    probes = [found[name] for name in found if name.startswith("emotion_http_requests_total") and "{probe}" in name]
    assert sum(probes) >= 2


def test_the_document_names_every_number_and_no_other(watched: Server) -> None:
    measured(watched.url)
    told = httpx.get(f"{watched.url}/metrics", headers=BEARER, timeout=60).text
    names = {family.name for family in text_string_to_metric_families(told)}
    document = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = {name.removesuffix("_total") for name in re.findall(r"\bemotion_[a-z_]+[a-z]", document)}
    assert named - {"emotion_process"} == {name for name in names if not name.startswith("emotion_process_")}


@pytest.mark.parametrize(
    ("given", "via", "taken"),
    [
        pytest.param("0123456789abcdef" * 2, "127.0.0.1", True, id="a proxy's"),
        pytest.param("0123456789abcdef" * 2, "127.0.0.2", False, id="not from a proxy that is trusted"),
        pytest.param("ann@example.org", "127.0.0.1", False, id="whatever somebody likes"),
        pytest.param("", "127.0.0.1", False, id="none"),
    ],
)
def test_every_answer_has_the_number_that_stands_in_the_log(watched: Server, given: str, via: str, taken: bool) -> None:
    headers = {"X-Request-ID": given} if given else {}
    with httpx.Client(transport=httpx.HTTPTransport(local_address=via), timeout=60) as client:
        number = client.get(f"{watched.url}/healthz", headers=headers).headers["X-Request-ID"]
    assert (number == given) == taken
    assert len(number) == 32
