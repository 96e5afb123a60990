"""Asks the browser whether a camera could work, and says in a sentence what to do where it could not.

The camera's own component shows the browser's raw error only ("NotFoundError: Requested device not found").
"""

from __future__ import annotations

import streamlit as st

SENTENCES = {
    "insecure": "Browsers give a page the camera only by HTTPS or on localhost. "
    "Open the dashboard by its https:// address, or ask whoever runs it for one.",
    "missing": "No camera was found. Plug one in, close programs that use it, and press Start.",
    "denied": "The camera is refused for this page. Allow it beside the page's address, then press Start.",
}

# Watches until the page goes: a camera may be plugged in, a permission given, at any time.
SCRIPT = """
export default function ({ setStateValue }) {
  let told = "";
  let permission = null;
  const look = async () => {
    let problem = "";
    if (!navigator.mediaDevices) {
      problem = "insecure";
    } else if (!(await navigator.mediaDevices.enumerateDevices()).some((device) => device.kind === "videoinput")) {
      problem = "missing";
    } else if (permission && permission.state === "denied") {
      problem = "denied";
    }
    if (problem !== told) {
      told = problem;
      setStateValue("problem", problem);
    }
  };
  const watch = async () => {
    try {
      permission = await navigator.permissions.query({ name: "camera" });
      permission.addEventListener("change", look);
    } catch {
      // A browser that does not tell in advance asks when Start is pressed.
    }
    navigator.mediaDevices?.addEventListener("devicechange", look);
    await look();
  };
  watch();
  return () => {
    permission?.removeEventListener("change", look);
    navigator.mediaDevices?.removeEventListener("devicechange", look);
  };
}
"""

_component = st.components.v2.component("camera_check", js=SCRIPT)


def camera_check() -> None:
    """Shows nothing, or what stands between this browser and the camera."""
    result = _component(key="camera-check", default={"problem": ""}, on_problem_change=_nothing, height=0)
    sentence = SENTENCES.get(result.problem)
    if sentence:
        st.warning(sentence, icon=":material/videocam_off:")


def _nothing() -> None:
    """The state counts, not its change; naming it is how a component's state is declared."""
