"""Anna and Bob on one server that asks who they are: everything of Anna's is tried as Bob, and nothing is found.

A real server (`emotion serve` behind a proxy that signs people in), its routes by HTTP, its pages by the web socket.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import dashboard
import httpx
import loops
import pytest
from load.guest import Visit, guest
from shelf import add_done
from web.http.servers import Tus

from emotion.jobs.inbox import Inbox
from emotion.jobs.tidy import delete
from emotion.notes import NoteKind
from emotion.settings import Settings
from emotion.store import audit, notes, recordings, shares
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.values import Recording
from emotion.types import Emotion
from emotion.web.http import routes
from emotion.web.links import Links

pytestmark = pytest.mark.slow

ANNA, BOB, CID, VERA, ADMIN = (f"proxy:{name}" for name in ("anna", "bob", "cid", "vera", "admin"))
VIDEO = b"the annotated video"
ANNAS = ("annasinterview", "annassecond")
WORDS = (*ANNAS, "Konrad", "here he cries")
"""What stands on Anna's pages and on nobody else's: letters only, so that no page writes them in another way."""
RESULTS = ("annotated.mp4", "faces.csv", "faces.parquet", "summary.json", "traces.json", "notes.csv", "all.zip")
FILES = (*RESULTS, "source")


@dataclass(frozen=True)
class House:
    """The server, and what lies in it."""

    url: str
    settings: Settings
    database: Database
    annas: tuple[Recording, ...]
    more: tuple[Recording, ...]
    """Of Anna's too, for tests that change them."""
    bobs: Recording

    @property
    def links(self) -> Links:
        return Links.of(self.settings)

    def get(self, who: str, address: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}{address}", headers={**as_(who), **headers}, timeout=60)

    def visit(self, who: str, page: str, query: str = "") -> Visit:
        return self.visits(who, (page, query))[0]

    def visits(self, who: str, *addresses: tuple[str, str]) -> list[Visit]:
        """Pages and their queries, one after the other in one tab."""

        async def open_them() -> list[Visit]:
            async with guest(self.url, as_(who)) as tab:
                return [await tab.open(page, query) for page, query in addresses]

        return loops.run(open_them())

    def share(self, *, days: float = 1.0, share_id: str = "5" * 32) -> str:
        """The first of Anna's is shown to whoever has the link; its number."""
        until_s = time.time() + days * shares.DAY_S
        shares.make(self.database, self.annas[0].id, share_id=share_id, by=ANNA, until_s=until_s)
        return share_id


def as_(who: str) -> dict[str, str]:
    return {"X-Forwarded-User": who.removeprefix("proxy:")} if who else {}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    settings = Settings.load(data_dir=folder / "data")
    with ExitStack() as opened:
        database = opened.enter_context(Database.open(settings))
        annas = tuple(made(database, settings, name, ANNA) for name in ANNAS)
        more = tuple(made(database, settings, "annasthird", ANNA) for _ in range(3))
        bobs = made(database, settings, "bobsholiday", BOB)
        notes.name(database, annas[0].id, 1, "Konrad")
        notes.add(database, annas[0].id, NoteKind.MARKER, from_s=1.0, text="here he cries")
        environment = {
            "EMOTION_AUTH": "proxy",
            "EMOTION_DEFAULT_ROLE": "member",
            "EMOTION_VIEWERS": "vera",
            "EMOTION_ADMINISTRATORS": "admin",
            "EMOTION_MIN_FREE_GB": "0",
        }
        started = opened.enter_context(dashboard.serving(settings.data_dir, folder / "log", **environment))
        yield House(started.url, settings, database, annas, more, bobs)


def made(database: Database, settings: Settings, name: str, owner: str) -> Recording:
    recording = add_done(database, settings, [Emotion.HAPPY] * 6, [Emotion.SAD] * 4, name=name, owner=owner)
    places = Places(settings.data_dir)
    (places.results(recording.id) / "annotated.mp4").write_bytes(VIDEO)
    (places.results(recording.id) / "notes.csv").write_text("kind,from_s,until_s,text\n", encoding="utf-8")
    places.source(recording.id).mkdir()
    (places.source(recording.id) / name).write_bytes(b"the video as it came")
    return recording


def told(visit: Visit) -> bytes:
    """All that came to the browser."""
    return b"".join(message.SerializeToString() for message in visit.messages)


def is_silent(visit: Visit) -> bool:
    return not any(word.encode() in told(visit) for word in WORDS)


# ---- Files


@pytest.mark.parametrize("name", FILES)
def test_a_link_works_for_whom_it_was_made(house: House, name: str) -> None:
    link = house.links.file(house.annas[0].id, name, person=ANNA)
    assert house.get(ANNA, link).status_code == 200
    for other in (BOB, VERA, ADMIN):
        assert house.get(other, link).status_code == 403, other
    assert house.get("", link).status_code in (401, 403)
    assert house.get("", link, **{"X-Forwarded-User": ""}).status_code in (401, 403)


def own_key(house: House) -> str:
    """Of a link to one of Bob's own."""
    return house.links.file(house.bobs.id, "annotated.mp4", person=BOB).split("?")[1]


FORGED: dict[str, Callable[[House, str], str]] = {
    "no key": lambda house, path: path,
    "Bob's key to his own": lambda house, path: f"{path}?{own_key(house)}",
    "signed by another server": lambda house, path: Links(b"x" * 32).file(house.annas[0].id, "source", person=BOB),
    "a link of Bob's that never was right": lambda house, path: house.links.file(
        house.annas[0].id, "all.zip", person=BOB
    ),
    "a share that nobody made": lambda house, path: house.links.file(
        house.annas[0].id, "faces.csv", person=BOB, share="a" * 32
    ),
    "an upload's ticket": lambda house, path: f"{path}?key={house.links.ticket(BOB)}",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_what_is_no_right(house: House, forge: Callable[[House, str], str]) -> None:
    path = house.links.file(house.annas[0].id, "annotated.mp4", person=ANNA).split("?")[0]
    answer = house.get(BOB, forge(house, path))
    assert answer.status_code == 403
    assert VIDEO not in answer.content


def test_every_route_is_tried_here() -> None:
    """Who adds one thinks of others than its owner."""
    paths = {route.path for route in routes() if route.path.startswith("/api/")}  # type: ignore[attr-defined]
    assert paths == {"/api/uploads", "/api/uploads/{upload}", "/api/recordings/{recording}/files/{name}"}


# ---- Pages

PAGES = ("", "videos", "library", "recording", "compare", "about", "usage")


@pytest.mark.parametrize("who", [BOB, VERA, ADMIN], ids=["a member", "a viewer", "an administrator"])
def test_no_page_shows_anything_of_anothers(house: House, who: str) -> None:
    first, second = (recording.id for recording in house.annas)
    queries = ("", f"recording={first}", f"recordings={first},{second}", f"recording={first}&share={'9' * 32}")
    addresses = [(page, query) for page in PAGES for query in queries]
    for address, visit in zip(addresses, house.visits(who, *addresses), strict=True):
        assert is_silent(visit), address
        assert ANNA.encode() not in told(visit) or who == ADMIN, address


def test_its_owner_sees_it(house: House) -> None:
    visit = house.visit(ANNA, "recording", f"recording={house.annas[0].id}")
    assert not visit.complaints
    assert all(word.encode() in told(visit) for word in WORDS if word != ANNAS[1])
    assert all(name.encode() in told(house.visit(ANNA, "library")) for name in ANNAS)
    assert b"annas" not in told(house.visit(BOB, "library"))


@pytest.mark.parametrize("page", ["recording", "compare"])
def test_whoever_asks_for_anothers_is_told_what_is_told_of_none(house: House, page: str) -> None:
    key = "recording" if page == "recording" else "recordings"
    said = [house.visit(BOB, page, f"{key}={number}") for number in (house.annas[0].id, "0" * 32)]
    assert said[0].complaints == said[1].complaints
    assert said[0].words == said[1].words


def test_a_file_that_streamlit_keeps_is_for_whose_page_it_is_on(house: House) -> None:
    async def hand_it_round() -> list[int]:
        async with guest(house.url, as_(ANNA)) as tab:
            numbers = ",".join(recording.id for recording in house.annas)
            visit = await tab.open("compare", f"recordings={numbers}")
            button = next(one.download_button for one in visit._elements() if one.HasField("download_button"))
            return [
                (await tab.browser.get(f"{house.url}{button.url}", headers=as_(who))).status_code
                for who in (ANNA, BOB, ADMIN)
            ]

    assert loops.run(hand_it_round()) == [200, 404, 404]


# ---- Links to look at


def test_who_has_the_link_looks_and_changes_nothing(house: House) -> None:
    share = house.share()
    query = f"recording={house.annas[0].id}&share={share}"
    visit = house.visit(BOB, "recording", query)
    assert not visit.complaints
    assert "Shared with you" in visit.words
    sent = told(visit)
    assert b"here he cries" in sent
    for action in (b"Mark 0:", b"Exclude", b"Merge", b"Split at", b"Share \xe2\x80\xa6", b'":material/delete:"'):
        assert action not in sent, action
    assert ANNAS[1].encode() not in sent
    video = visit.given("player")["video"]
    assert house.get(BOB, video).content == VIDEO
    assert house.get(CID, video).status_code == 403, "another one has a link of his own"
    assert not house.visit(VERA, "recording", query).complaints, "a viewer may look"
    assert is_silent(house.visit(BOB, "recording", f"recording={house.annas[1].id}&share={share}"))
    assert is_silent(house.visit(BOB, "compare", f"recordings={house.annas[0].id},{house.bobs.id}&share={share}"))


@pytest.mark.parametrize("name", FILES)
def test_what_a_link_shows(house: House, name: str) -> None:
    link = house.links.file(house.annas[0].id, name, person=BOB, share=house.share())
    assert house.get(BOB, link).status_code == (403 if name == "source" else 200)
    elsewhere = house.links.file(house.annas[1].id, name, person=BOB, share=house.share())
    assert house.get(BOB, elsewhere).status_code == 403


def revoke(house: House, share: str) -> None:
    shares.revoke(house.database, share, owner=ANNA)


def let_its_day_pass(house: House, share: str) -> None:
    import sqlalchemy as sa

    from emotion.store.schema import shares as table

    with house.database.writing() as connection:
        connection.execute(sa.update(table).where(table.c.id == share).values(until_s=time.time()))


def delete_it(house: House, share: str) -> None:
    delete(house.database, house.settings, shared_number(house, share), by=ANNA)


def shared_number(house: House, share: str) -> str:
    import sqlalchemy as sa

    from emotion.store.schema import shares as table

    with house.database.reading() as connection:
        return str(connection.scalar(sa.select(table.c.recording_id).where(table.c.id == share)))


@pytest.mark.parametrize(
    ("number", "end", "status"),
    [
        pytest.param(0, revoke, 403, id="revoked"),
        pytest.param(1, let_its_day_pass, 403, id="its day is over"),
        pytest.param(2, delete_it, 404, id="the recording is deleted"),
    ],
)
def test_what_ends_a_link_ends_all_that_hangs_on_it(
    house: House, number: int, end: Callable[[House, str], None], status: int
) -> None:
    recording, share = house.more[number], f"{number:032x}"
    shares.make(house.database, recording.id, share_id=share, by=ANNA, until_s=time.time() + 3600)
    query = f"recording={recording.id}&share={share}"
    video = house.visit(BOB, "recording", query).given("player")["video"]
    assert house.get(BOB, video).status_code == 200
    end(house, share)
    for headers in ({}, {"Range": "bytes=5-9"}):
        assert house.get(BOB, video, **headers).status_code == status
    visit = house.visit(BOB, "recording", query)
    assert b"annasthird" not in told(visit)
    assert any("shows nothing any more" in complaint for complaint in visit.complaints)


# ---- Uploads


def test_uploads_of_others(house: House) -> None:
    inbox = Inbox.of(house.settings)
    upload = inbox.find(inbox.create("annasnew.mp4", 10, ANNA).id)
    assert upload is not None
    path = f"/api/uploads/{upload.id}"
    for who, ticket, expected in (
        (BOB, BOB, 404),
        (BOB, ANNA, 403),
        (VERA, VERA, 403),
        (VERA, ANNA, 403),
        (ADMIN, ADMIN, 404),
        ("", ANNA, 403),
        (BOB, "no ticket", 403),
    ):
        with httpx.Client(base_url=house.url, headers=as_(who), timeout=60) as client:
            signed = house.links.ticket(ticket) if ticket != "no ticket" else "eyJhbGciOiJub25lIn0"
            tus = Tus(house, client, signed)  # type: ignore[arg-type]
            assert tus.patch(path, 0, b"0123456789").status_code == expected, who
            assert client.head(path, headers=tus.headers()).status_code == expected, who
            assert client.delete(path, headers=tus.headers()).status_code == expected, who
            if expected == 403:
                assert tus.create("clip.mp4", 10).status_code == 403, "nobody begins one in another's name"
    assert inbox.find(upload.id) == upload
    inbox.remove(upload.id)


def test_nobody_takes_what_another_uploaded(house: House) -> None:
    inbox = Inbox.of(house.settings)
    upload = inbox.create("annasnew.mp4", 5, ANNA)
    inbox.data(upload).write_bytes(b"video")
    inbox.finish(upload)

    async def claim() -> Visit:
        async with guest(house.url, as_(BOB)) as tab:
            zone = (await tab.open("videos")).component("dropzone")
            return await tab.open("videos", said={zone.id: {"finished": [upload.id]}})

    assert b"annasnew" not in told(loops.run(claim()))
    there = inbox.find(upload.id)
    assert there is not None
    assert there.complete
    assert not recordings.find(house.database, owner=BOB, search="annas")
    inbox.remove(upload.id)


# ---- The audit log


def test_the_log_says_who_looked_and_who_took_it_home(house: House) -> None:
    share = house.share()
    house.visit(CID, "recording", f"recording={house.annas[0].id}&share={share}")
    link = house.links.file(house.annas[0].id, "faces.csv", person=CID, share=share, download_as="x.csv")
    for asked in ({"Range": "bytes=3-"}, {}, {"Range": "bytes=1-2"}):
        assert house.get(CID, link, **asked).is_success
    house.get(BOB, link)
    house.get(CID, house.links.file(house.annas[0].id, "annotated.mp4", person=CID, share=share))
    entries = [entry for entry in audit.latest(house.database, action="recording.") if entry.actor == CID]
    assert [(entry.action, entry.object, entry.detail.get("share")) for entry in entries] == [
        ("recording.downloaded", house.annas[0].id, share[:8]),
        ("recording.opened", house.annas[0].id, share[:8]),
    ]
    # Administrators read it: it holds no name, and nothing that opens a link.
    assert not any(secret in str(audit.latest(house.database)) for secret in (*ANNAS, share))
