// The eye: opens what the person chose, a camera or the screen, and lends it to the component that sends it to the server.
//
// That component (streamlit-webrtc) knows cameras only. It opens one anew at every start, tells Python nothing where that
// is refused, and tries again at once, for ever. So its window gets a getUserMedia that lends what is open here: errors
// become a sentence, a screen is as good as a camera, and what is sent can change while it is sent.

const FRAME = "iframe[title*='streamlit_webrtc']";
const LOADED_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 50;

class Eye {
  constructor() {
    this.wish = { turn: 0 };
    this.report = { devices: [], problem: "", opened: 0, failed: 0, error: "", lost: 0 };
    this.stream = null;
    this.turn = 0;
    this.what = "";
    this.peer = null;
    this.views = new Set();
    this.mount = null;
    this.work = Promise.resolve();
  }

  show({ data, setStateValue, parentElement }) {
    this.setStateValue = setStateValue;
    this.wish = data;
    // Python forgot what was said on an earlier visit to the page.
    if (this.root && this.root !== parentElement) setStateValue("report", this.report);
    this.root = parentElement;
    if (!this.watching) this.watch();
    this.work = this.work.then(() => this.follow()).catch((error) => console.error(error));
  }

  /** Streamlit also hides a component to draw it anew in the same breath. */
  hide() {
    this.setStateValue = null;
    const wish = this.wish;
    setTimeout(() => wish === this.wish && !this.setStateValue && this.close(), 1000);
  }

  tell(change) {
    const report = { ...this.report, ...change };
    if (JSON.stringify(report) === JSON.stringify(this.report)) return;
    this.report = report;
    this.setStateValue?.("report", report);
  }

  /** Cameras are plugged in and permissions given at any time. */
  async watch() {
    this.watching = true;
    const look = () => this.look();
    navigator.mediaDevices?.addEventListener("devicechange", look);
    try {
      this.permission = await navigator.permissions.query({ name: "camera" });
      this.permission.addEventListener("change", look);
    } catch {
      // A browser that does not tell in advance asks when Start is pressed.
    }
    await this.look();
  }

  async look() {
    if (!navigator.mediaDevices) return this.tell({ problem: "insecure", devices: [] });
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
    // Before permission is given browsers tell that there is a camera, but not which.
    const devices = cameras.filter((one) => one.deviceId).map((one) => ({ id: one.deviceId, label: one.label }));
    const problem = !cameras.length ? "missing" : this.permission?.state === "denied" ? "denied" : "";
    this.tell({ devices, problem });
  }

  async follow() {
    const { turn, kind, device, width, height, rate, mount } = this.wish;
    if (!turn) return this.close();
    const what = JSON.stringify([kind, device, width, height, rate]);
    if (what === this.what && (turn === this.turn || turn === this.report.failed)) return;
    const running = turn === this.turn && this.stream;
    try {
      const stream = await this.open(this.wish);
      if (running) await this.replace(stream);
      else this.close();
      this.keep(stream, turn);
      await this.look();
      await this.dress(mount);
      Object.assign(this, { turn, what });
      this.tell({ opened: turn, error: "" });
    } catch (error) {
      // What runs goes on; another choice may work.
      this.what = what;
      this.tell({ failed: turn, error: error?.name ?? "Error" });
    }
  }

  async open({ kind, device, width, height, rate }) {
    const video = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: rate } };
    const devices = navigator.mediaDevices;
    if (kind === "screen")
      // The width alone: with both some browsers cut the screen to that shape.
      return devices.getDisplayMedia({ video: { frameRate: { max: rate }, width: { max: width } } });
    try {
      return await devices.getUserMedia({ video: device ? { ...video, deviceId: { exact: device } } : video });
    } catch (error) {
      if (error.name === "OverconstrainedError") return devices.getUserMedia({ video });
      // Some telephones have one camera open at a time.
      if (!this.stream || !["NotReadableError", "AbortError"].includes(error.name)) throw error;
      for (const track of this.stream.getTracks()) track.stop();
      return devices.getUserMedia({ video: { ...video, deviceId: { exact: device } } });
    }
  }

  keep(stream, turn) {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = stream;
    stream.getVideoTracks()[0].onended = () => this.tell({ lost: turn });
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    Object.assign(this, { stream: null, turn: 0, what: "" });
  }

  /** Another camera or size without a new connection. */
  async replace(stream) {
    const sender = this.peer?.getSenders().find((one) => one.track?.kind === "video");
    const before = sender?.track;
    await sender?.replaceTrack(stream.clone().getVideoTracks()[0]);
    before?.stop();
  }

  /** Waits for the component's window and gives it our getUserMedia. */
  async dress(mount) {
    if (mount !== this.mount) {
      // The window of the mount before may still be in the page.
      this.old = this.views;
      this.views = new Set();
      this.mount = mount;
    }
    for (const until = Date.now() + LOADED_WITHIN_MS; Date.now() < until; ) {
      const views = [...document.querySelectorAll(FRAME)].map((frame) => frame.contentWindow);
      const view = views.find((one) => loaded(one) && !this.old?.has(one));
      if (view) return this.adopt(view);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    // Then the component opens the camera itself.
  }

  adopt(view) {
    if (this.views.has(view)) return;
    this.views.add(view);
    const eye = this;
    view.navigator.mediaDevices.getUserMedia = () => this.lend();
    view.RTCPeerConnection = class extends view.RTCPeerConnection {
      constructor(...options) {
        super(...options);
        eye.peer = this;
      }
    };
  }

  /** A copy each time: the component ends what it was given. */
  lend() {
    const live = this.stream?.getVideoTracks().some((track) => track.readyState === "live");
    // A refusal would make the component ask again at once; without an answer it waits until Python stops it.
    return live ? Promise.resolve(this.stream.clone()) : new Promise(() => {});
  }
}

function loaded(view) {
  try {
    return view.location.href !== "about:blank" && view.document.readyState === "complete";
  } catch {
    return false;
  }
}

const eye = new Eye();

export default function (component) {
  eye.show(component);
  return () => eye.hide();
}
