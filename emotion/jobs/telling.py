"""How it stands with a job, in words: the same on the command line and on the pages."""

from __future__ import annotations

from emotion.jobs.progress import duration
from emotion.store.values import JobState, Outlook, Step

STEPS = {
    Step.PLAN: "Looking through the video",
    Step.SEE: "Looking for faces",
    Step.REMEMBER: "Putting faces together",
    Step.RENDER: "Drawing the videos",
    Step.JOIN: "Joining the parts",
}
STATES = {
    JobState.RECORDING: "Recording now",
    JobState.WAITING: "Waiting",
    JobState.RUNNING: "Starting",
    JobState.PAUSED: "Paused",
    JobState.DONE: "Done",
    JobState.FAILED: "Failed",
    JobState.CANCELLED: "Cancelled",
}


def outlook_in_words(outlook: Outlook) -> str:
    """``Waiting: 2 before this one, begins in about 3 s``; ``Looking for faces: 120 of 472 frames, 61 frames/s``."""
    if outlook.message:
        return f"{STATES[outlook.state]}: {outlook.message}"
    if outlook.state is JobState.WAITING and outlook.before:
        soon = "" if outlook.wait_s is None else f", begins in about {duration(outlook.wait_s)}"
        return f"Waiting: {outlook.before} before this one{soon}"
    if outlook.step is None:
        return STATES[outlook.state]
    return ", ".join(_progress(outlook, outlook.step))


def _progress(outlook: Outlook, step: Step) -> list[str]:
    words = STEPS[step]
    if outlook.frames_total:
        words += f": {outlook.frames_done} of {outlook.frames_total} frames"
    parts = [words]
    if outlook.frames_per_second >= 0.5:
        parts.append(f"{outlook.frames_per_second:.0f} frames/s")
    if outlook.left_s is not None:
        parts.append(f"about {duration(outlook.left_s)} left")
    return parts
