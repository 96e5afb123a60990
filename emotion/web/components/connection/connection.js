// Tells which step between this browser's camera and the server fails. The network is tried with a drawn picture, so that
// it can be told from the camera: the server sends back what it gets.

const GATHERED_WITHIN_MS = 3_000;
const RELAYED_WITHIN_MS = 10_000;
const CONNECTED_WITHIN_MS = 12_000;
const PICTURES_WITHIN_MS = 10_000;
const ENOUGH_PICTURES = 5;
const STEPS = ["secure", "api", "device", "permission", "server", "relay", "pictures"];

class Check {
  constructor() {
    this.results = new Map();
    this.turn = 0;
    this.running = false;
  }

  show({ parentElement, data, setStateValue }) {
    this.root = parentElement;
    this.data = data;
    this.setStateValue = setStateValue;
    this.root.querySelector(".go").onclick = () => this.run();
    if (data.answer?.turn === this.turn) this.answered?.(data.answer);
    this.draw();
  }

  async run() {
    if (this.running) return;
    this.running = true;
    this.results.clear();
    try {
      await this.camera();
      await this.network();
    } catch (error) {
      console.error(error);
      this.set("pictures", "fails", "other");
    }
    this.running = false;
    this.draw();
  }

  set(step, state, word, detail = "") {
    this.results.set(step, { state, word, detail });
    this.draw();
  }

  async camera() {
    this.set("secure", window.isSecureContext ? "works" : "fails", window.isSecureContext ? "secure" : "insecure");
    const devices = navigator.mediaDevices;
    this.set("api", devices ? "works" : "fails", devices ? "api" : "no_api");
    if (!devices) {
      for (const step of ["device", "permission"]) this.set(step, "unknown", "not_reached");
      return;
    }
    const cameras = (await devices.enumerateDevices()).filter((one) => one.kind === "videoinput");
    this.set("device", cameras.length ? "works" : "fails", cameras.length ? "device" : "no_device");
    if (!cameras.length) return this.set("permission", "unknown", "not_reached");
    this.set("permission", "waits", "asking");
    try {
      const stream = await devices.getUserMedia({ video: true });
      for (const track of stream.getTracks()) track.stop();
      this.set("permission", "works", "permission");
    } catch (error) {
      const busy = ["NotReadableError", "AbortError"].includes(error.name);
      this.set("permission", "fails", busy ? "busy" : "refused");
    }
  }

  async network() {
    const { direct, relay } = this.data.ways;
    const straight = direct ? await this.way("server", direct) : this.set("server", "unneeded", "relay_only");
    const { word } = this.results.get("server");
    if (!relay && !straight) this.set("relay", "fails", "no_relay");
    const around = relay ? await this.way("relay", relay) : false;
    if (around && ["blocked", "no_address"].includes(word)) this.set("server", "unneeded", "roundabout");
    if (!straight && !around) this.set("pictures", "unknown", "not_reached");
  }

  /** Tries one way, and pictures on it; whether it stands. */
  async way(step, configuration) {
    const relayed = step === "relay";
    this.set(step, "waits", relayed ? "relaying" : "connecting");
    if (!window.RTCPeerConnection) return this.closed(step, "no_webrtc");
    const picture = drawing();
    const peer = new RTCPeerConnection(configuration);
    try {
      peer.addTrack(picture.track);
      await peer.setLocalDescription(await peer.createOffer());
      await until(() => gathered(peer, relayed), relayed ? RELAYED_WITHIN_MS : GATHERED_WITHIN_MS);
      if (!hasAddress(peer)) return this.closed(step, relayed ? "relay_silent" : "no_address");
      const answer = await this.ask(peer.localDescription);
      if (!answer) return this.closed(step, "no_answer");
      if (!answer.sdp) return this.closed(step, "no_server");
      await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      if (!(await until(() => peer.connectionState === "connected", CONNECTED_WITHIN_MS)))
        return this.closed(step, relayed ? "relay_blocked" : "blocked", addresses(answer.sdp));
      this.set(step, "works", relayed ? "relayed" : "server", await path(peer));
      if (!this.data.ways.relay) this.set("relay", "unneeded", "relay");
      await this.pictures(peer);
      return true;
    } finally {
      peer.close();
      picture.stop();
    }
  }

  /** Whether pictures come back; those of a second way take nothing back from the first. */
  async pictures(peer) {
    if (this.results.get("pictures")?.state === "works") return;
    this.set("pictures", "waits", "sending");
    let back = 0;
    await until(async () => (back = await decoded(peer)) >= ENOUGH_PICTURES, PICTURES_WITHIN_MS);
    const works = back >= ENOUGH_PICTURES;
    this.set("pictures", works ? "works" : "fails", works ? "pictures" : "no_pictures");
  }

  closed(step, word, detail = "") {
    this.set(step, "fails", word, detail);
    return false;
  }

  /** Python answers the offer; null where it does not. */
  ask(offer) {
    this.turn = Date.now();
    return new Promise((resolve) => {
      this.answered = resolve;
      setTimeout(() => resolve(null), CONNECTED_WITHIN_MS);
      this.setStateValue("offer", { turn: this.turn, sdp: offer.sdp });
    });
  }

  draw() {
    const list = this.root.querySelector(".steps");
    this.root.querySelector(".go").disabled = this.running;
    list.replaceChildren();
    for (const step of STEPS.filter((one) => this.results.has(one))) {
      const { state, word, detail } = this.results.get(step);
      const row = this.root.querySelector("template").content.firstElementChild.cloneNode(true);
      row.dataset.state = state;
      row.dataset.step = step;
      row.querySelector(".state").textContent = this.data.states[state];
      row.querySelector("strong").textContent = `${this.data.names[step]}.`;
      row.querySelector(".told").textContent = this.data.words[word].replace("…", detail);
      list.append(row);
    }
  }
}

/** A small moving picture: a canvas gives one only when something is drawn. */
function drawing() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 120 });
  const pen = canvas.getContext("2d");
  let turn = 0;
  const paint = () => {
    pen.fillStyle = `hsl(${(turn += 9) % 360} 60% 50%)`;
    pen.fillRect(0, 0, 160, 120);
  };
  paint();
  const timer = setInterval(paint, 66);
  const track = canvas.captureStream(15).getVideoTracks()[0];
  return { track, stop: () => (clearInterval(timer), track.stop()) };
}

const hasAddress = (peer) => /a=candidate/.test(peer.localDescription.sdp);

/** Whether the browser knows what it needs; of several relays the first one does. */
const gathered = (peer, relayed) => peer.iceGatheringState === "complete" || (relayed && hasAddress(peer));

async function until(what, within_ms) {
  for (const end = Date.now() + within_ms; Date.now() < end; ) {
    if (await what()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

async function decoded(peer) {
  for (const one of (await peer.getStats()).values())
    if (one.type === "inbound-rtp" && one.kind === "video") return one.framesDecoded ?? 0;
  return 0;
}

/** How they are connected, such as "UDP 192.0.2.1:50123". */
async function path(peer) {
  const stats = await peer.getStats();
  for (const pair of stats.values()) {
    const remote = pair.type === "candidate-pair" && pair.state === "succeeded" && stats.get(pair.remoteCandidateId);
    if (remote) return `${(remote.protocol ?? "").toUpperCase()} ${remote.address ?? remote.ip}:${remote.port}`;
  }
  return "UDP";
}

const addresses = (sdp) => [...new Set([...sdp.matchAll(/a=candidate:\S+ \d \S+ \d+ (\S+)/g)].map((one) => one[1]))].join(", ");

const check = new Check();

export default function (component) {
  check.show(component);
}
