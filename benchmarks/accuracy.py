"""How often the engine names the right emotion, beside the package fer: ``python benchmarks/accuracy.py FOLDER``.

The engine is asked twice: with the network of the settings, and with fer's.

FOLDER holds pictures with one labelled face each: folders named after emotions (``happy/*.jpg``), or a CSV file with
the columns ``file`` and ``emotion``. The largest face counts; a picture in which no face is found counts as wrong.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from fer_worker import FerWorker
from harness import say
from records import Must, as_line, record

from emotion.errors import UnreadablePicture
from emotion.media.pictures import read_picture
from emotion.settings import DetectorName, Settings
from emotion.types import EMOTIONS, Emotion, Frame
from emotion.vision.engine import Engine

PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}
# What other data sets call the seven.
ALSO = {
    "anger": Emotion.ANGRY,
    "disgusted": Emotion.DISGUST,
    "fearful": Emotion.FEAR,
    "fearfulness": Emotion.FEAR,
    "happiness": Emotion.HAPPY,
    "joy": Emotion.HAPPY,
    "sadness": Emotion.SAD,
    "surprised": Emotion.SURPRISE,
    **{emotion.value: emotion for emotion in EMOTIONS},
}
MUST = {"haar": Must(1.25), "mtcnn": Must(1.05), "mtcnn-rgb": Must(1.05)}
# fer's network in this engine: the difference to it is that of the networks alone.
WITH_FER = "emotion --model fer"
MUST_WITH_FER = Must(1.18)
# FER documents BGR, but does better with MTCNN when it gets RGB; see fer_worker.py.
FER_NAMES = {"haar": "FER()", "mtcnn": "FER(mtcnn=True)", "mtcnn-rgb": "FER(mtcnn=True), RGB"}

Judge = Callable[[Path], Emotion | None]


@dataclass(frozen=True, slots=True)
class Labelled:
    path: Path
    emotion: Emotion


@dataclass(slots=True)
class Outcome:
    """What one judge said about all pictures."""

    seen: Counter[tuple[Emotion, Emotion | None]] = field(default_factory=Counter)
    """Pictures by truth and answer; no answer where no face was found."""

    def right(self) -> int:
        return sum(self.seen[emotion, emotion] for emotion in EMOTIONS)

    def total(self, emotion: Emotion | None = None) -> int:
        return sum(count for (truth, _), count in self.seen.items() if emotion in (None, truth))

    def found(self) -> int:
        return sum(count for (_, answer), count in self.seen.items() if answer is not None)

    def accuracy(self) -> float:
        return self.right() / self.total()

    def mean_recall(self) -> float:
        """Each emotion counts the same, however many pictures it has."""
        recalls = [self.seen[emotion, emotion] / self.total(emotion) for emotion in EMOTIONS if self.total(emotion)]
        return sum(recalls) / len(recalls)


def pictures_in(folder: Path) -> list[Labelled]:
    """The labelled pictures; labels that are none of the seven emotions are left out, and told."""
    found = list(_from_csv(folder) if any(folder.glob("*.csv")) else _from_folders(folder))
    known = [Labelled(path, ALSO[label]) for path, label in found if label in ALSO]
    if len(known) < len(found):
        others = sorted({label for _, label in found if label not in ALSO})
        say(f"{len(found) - len(known)} pictures are left out; their labels are {', '.join(others)}.")
    if not known:
        raise typer.BadParameter(f"No labelled pictures in {folder}: it needs folders like happy/, or a CSV file.")
    return known


def _from_csv(folder: Path) -> Iterator[tuple[Path, str]]:
    for table in sorted(folder.glob("*.csv")):
        with table.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                yield folder / row["file"], row["emotion"].strip().lower()


def _from_folders(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.glob("*/*")):
        if path.suffix.lower() in PICTURES:
            yield path, path.parent.name.strip().lower()


def ours(detector: DetectorName, **settings: str) -> Judge:
    """The engine on single pictures, with the settings of the environment and these."""
    engine = Engine.create(Settings.load(detector=detector, **settings))

    def judge(path: Path) -> Emotion | None:
        try:
            sighting = engine.see(Frame(0, 0.0, read_picture(path)))
        except UnreadablePicture:
            return None
        largest = max(sighting.readings, key=lambda reading: reading.detection.box.area, default=None)
        return largest.scores.dominant if largest else None

    return judge


def theirs(fer: FerWorker, detector: str) -> Judge:
    """FER as it comes."""

    def judge(path: Path) -> Emotion | None:
        [(_, faces)] = fer.ask(detector, path)
        if not faces:
            return None
        _, scores = max(faces, key=lambda face: face[0])
        return Emotion(max(scores, key=scores.__getitem__))

    return judge


def compare(pictures: Sequence[Labelled]) -> dict[str, Outcome]:
    """Every judge on every picture."""
    with FerWorker(list(FER_NAMES)) as fer:
        judges = {f"emotion, {detector}": ours(detector) for detector in DetectorName}
        judges |= {f"{WITH_FER}, {detector}": ours(detector, model="fer") for detector in DetectorName}
        judges |= {name: theirs(fer, detector) for detector, name in FER_NAMES.items()}
        outcomes = {name: Outcome() for name in judges}
        for picture in pictures:
            for name, judge in judges.items():
                outcomes[name].seen[picture.emotion, judge(picture.path)] += 1
    return outcomes


def records(outcomes: dict[str, Outcome]) -> Iterator[dict[str, Any]]:
    """One line per peer: how many more the engine, as it is set up by default, gets right."""
    best = outcomes[f"emotion, {DetectorName.MTCNN}"]
    shown = {name: _summary(outcome) for name, outcome in outcomes.items()}
    for one in DetectorName:
        ratio = outcomes[f"emotion, {one}"].right() / max(outcomes[f"{WITH_FER}, {one}"].right(), 1)
        what = f"pictures right, against `--model fer`, {one}"
        yield record("accuracy", what, ratio, "×", MUST_WITH_FER, judges=shown)
    for detector, name in FER_NAMES.items():
        ratio = best.right() / max(outcomes[name].right(), 1)
        yield record("accuracy", f"pictures right, against `{name}`", ratio, "×", MUST[detector], judges=shown)


def _summary(outcome: Outcome) -> dict[str, Any]:
    return {
        "pictures": outcome.total(),
        "right": outcome.right(),
        "accuracy": outcome.accuracy(),
        "mean_recall": outcome.mean_recall(),
        "faces_found": outcome.found() / outcome.total(),
    }


def in_words(outcomes: dict[str, Outcome]) -> str:
    """The comparison, then a confusion matrix of each judge: rows are the truth."""
    lines = [f"{'':27}{'right':>8}{'accuracy':>10}{'mean recall':>13}{'faces found':>13}"]
    for name, one in outcomes.items():
        share = one.found() / one.total()
        lines.append(f"{name:27}{one.right():8}{one.accuracy():10.3f}{one.mean_recall():13.3f}{share:13.3f}")
    for name, one in outcomes.items():
        lines += ["", f"{name}: said (across) of what was true (down)", *_confusion(one)]
    return "\n".join(lines)


def _confusion(outcome: Outcome) -> Iterator[str]:
    answers: list[Emotion | None] = [*EMOTIONS, None]
    yield " " * 10 + "".join(f"{answer or 'no face':>10}" for answer in answers)
    for truth in EMOTIONS:
        yield f"{truth:10}" + "".join(f"{outcome.seen[truth, answer]:10}" for answer in answers)


def main(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Labelled pictures.")],
    out: Annotated[Path | None, typer.Option(help="Append the result to this file as JSON lines.")] = None,
) -> None:
    """Accuracy, mean recall, confusion matrix and share of faces found: this engine and fer side by side."""
    pictures = pictures_in(folder)
    outcomes = compare(pictures)
    typer.echo(in_words(outcomes))
    lines = [as_line(one) for one in records(outcomes)]
    typer.echo("\n" + "\n".join(lines))
    if out:
        with out.open("a", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)


if __name__ == "__main__":
    typer.run(main)
