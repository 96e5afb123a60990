"""What the environment may say, and what it gets for nonsense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emotion.errors import SettingsError
from emotion.settings import SERVER_FIELDS, DetectorName, Layer, Settings
from emotion.types import Emotion


@pytest.mark.parametrize(
    ("variable", "value", "field", "expected"),
    [
        pytest.param("EMOTION_DETECTOR", "haar", "detector", DetectorName.HAAR, id="word"),
        pytest.param("EMOTION_EVERY", "3", "every", 3, id="number"),
        pytest.param("EMOTION_LAYERS", '["boxes"]', "layers", {Layer.BOXES}, id="list"),
        pytest.param("EMOTION_LABELS", '{"happy": "froh"}', "labels", {Emotion.HAPPY: "froh"}, id="object"),
        pytest.param("EMOTION_CACHE_DIR", "models", "cache_dir", Path("models"), id="folder"),
        pytest.param("EMOTION_MTCNN_THRESHOLDS", "[0.5,0.6,0.7]", "mtcnn_thresholds", (0.5, 0.6, 0.7), id="three"),
    ],
)
def test_the_environment_sets(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, field: str, expected: object
) -> None:
    monkeypatch.setenv(variable, value)
    assert getattr(Settings.load(), field) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param("oidc_client_secret", None, id="a secret"),
        pytest.param("public_url", None, id="an address"),
        pytest.param("workers", None, id="a number"),
        pytest.param("members", (), id="names"),
        # Not the default: a proxy that sets no such header must not have the browser's believed.
        pytest.param("proxy_email_header", "", id="where nothing is a value"),
    ],
)
def test_a_line_left_empty_sets_nothing(monkeypatch: pytest.MonkeyPatch, field: str, expected: object) -> None:
    monkeypatch.setenv(f"EMOTION_{field.upper()}", "")
    assert getattr(Settings.load(), field) == expected


@pytest.mark.parametrize("field", ["address", "database_url"])
def test_what_unset_opens_wide_is_not_left_empty(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    monkeypatch.setenv(f"EMOTION_{field.upper()}", "")
    with pytest.raises(SettingsError, match=f"EMOTION_{field.upper()} .* cannot be"):
        Settings.load()


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        pytest.param({"every": 0}, "EMOTION_EVERY", id="below its limit"),
        pytest.param({"detector": "eyes"}, "EMOTION_DETECTOR", id="no such detector"),
        pytest.param({"smoothing_s": "long"}, "EMOTION_SMOOTHING_S", id="no number"),
        pytest.param({"mtcnn_thresholds": (0.5, 2, 0.5)}, "EMOTION_MTCNN_THRESHOLDS", id="no probability"),
        pytest.param({"labels": {"bored": "x"}}, "EMOTION_LABELS", id="no such emotion"),
        pytest.param({"video_preset": "placebo"}, "EMOTION_VIDEO_PRESET", id="no such preset"),
        pytest.param({"colour": "red"}, "EMOTION_COLOUR", id="no such setting"),
    ],
)
def test_nonsense_gets_one_sentence_that_names_it(changes: dict[str, Any], names: str) -> None:
    with pytest.raises(SettingsError, match=names) as caught:
        Settings.load(**changes)
    assert "\n" not in str(caught.value)


def test_a_value_that_is_no_json_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_LAYERS", "boxes and labels")
    with pytest.raises(SettingsError, match="EMOTION_LAYERS"):
        Settings.load()


def test_a_process_of_ours_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Settings.load(
        detector="haar", every=4, layers=["numbers"], labels={"sad": "грустно"}, mtcnn_thresholds=(0.1, 0.2, 0.3)
    )
    for name, value in wanted.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings.load() == wanted


def test_but_changes_a_copy_and_validates() -> None:
    settings = Settings.load()
    assert settings.but(every=5).every == 5
    assert settings.every == 1
    with pytest.raises(SettingsError):
        settings.but(every=-1)


def test_the_record_names_no_folder_of_the_machine() -> None:
    record = Settings.load(model="/somewhere/private/mine.onnx").for_the_record()
    assert "private" not in str(record)
    assert record["model"] == "mine.onnx"


def test_a_job_keeps_what_its_results_depend_on_and_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Settings.load(every=4, layers=["numbers"], database_url="postgresql://me:secret@here/name").for_a_job()
    assert "secret" not in str(kept)
    assert not SERVER_FIELDS & set(kept)
    monkeypatch.setenv("EMOTION_EVERY", "9")
    again = Settings.load(data_dir=Path("elsewhere")).of_a_job(
        {**json.loads(json.dumps(kept)), "data_dir": "stolen", "forgotten": 1}
    )
    assert (again.every, again.layers, again.data_dir) == (4, {Layer.NUMBERS}, Path("elsewhere"))


def test_no_message_repeats_a_password() -> None:
    with pytest.raises(SettingsError, match="EMOTION_DATABASE_URL") as caught:
        Settings.load(database_url=["postgresql://me:secret@here/name"])
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(Settings.load(database_url="postgresql://me:secret@here/name"))


@pytest.mark.parametrize(
    ("webhooks", "says"),
    [
        pytest.param({"lamp": "ftp://host/secret"}, "'lamp' needs a whole address", id="not the web"),
        pytest.param({"lamp": "host/secret"}, "'lamp' needs a whole address", id="half an address"),
        pytest.param({"lamp": "http://host:port/secret"}, "'lamp' needs a whole address", id="no port"),
        pytest.param({"lamp": "http:///secret"}, "'lamp' needs a whole address", id="no host"),
        pytest.param({"a lamp": "http://host/secret"}, "a name has up to 40 letters", id="no name"),
        pytest.param({"lamp": ["http://host/secret"]}, "EMOTION_WEBHOOKS", id="no address at all"),
    ],
)
def test_webhooks_have_a_name_and_a_web_address(webhooks: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        Settings.load(webhooks=webhooks)
    assert "secret" not in str(caught.value)


def test_no_secret_of_a_webhook_is_shown_or_kept() -> None:
    settings = Settings.load(webhooks={"lamp": "https://host/hidden"}, webhook_secret="hidden too")  # noqa: S106
    assert "hidden" not in repr(settings)
    assert "hidden" not in json.dumps([settings.for_a_job(), settings.for_the_record()])
    with pytest.raises(SettingsError) as caught:
        settings.but(webhook_secret="short")  # noqa: S106
    assert "short" not in str(caught.value)
