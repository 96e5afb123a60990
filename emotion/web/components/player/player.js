// Video and curves on one time axis. A click in the chart moves the video; while it plays a cursor moves in the chart.

const players = new WeakMap();
// A press that moves less is a click.
const DRAG_PX = 5;
const STEP_S = 1;
const BIG_STEP_S = 10;
// Jumps within this time are told to Python once: dragging the video's own slider makes dozens.
const TELL_AFTER_MS = 300;
const LEAST_VIEW_S = 0.5;

class Player {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(name);
    this.video = this.find("video");
    this.chart = this.find(".chart");
    this.curves = new Curves(this.chart);
    this.range = null;
    this.view = null;
    this.told = {};
    this.watchVideo();
    this.watchPointer();
    this.chart.addEventListener("keydown", (event) => this.key(event));
    this.find(".whole").onclick = () => this.choose(null);
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.chart);
  }

  show({ data, setStateValue }) {
    const [first, last] = [data.times[0] ?? 0, Math.max(data.end, (data.times[0] ?? 0) + 0.04)];
    if (!this.data || this.data.end !== data.end) this.view = [first, last];
    Object.assign(this, { data, setStateValue, whole: [first, last] });
    this.face = data.faces.find((one) => one.face === data.face) ?? data.faces[0];
    this.draw();
    this.listNow();
    this.play(data.video);
    if (data.seek && data.seek[1] !== this.sought) this.jump(data.seek[0]);
    this.sought = data.seek?.[1];
  }

  /** The link changes from time to time, the video behind it does not: it is loaded again only when an old link fails. */
  play(link) {
    const path = link.split("?")[0];
    this.link = link;
    if (this.path === path) {
      if (this.video.error && this.loaded !== link) this.load(link, this.at);
      return;
    }
    this.path = path;
    this.load(link, 0);
  }

  load(link, time) {
    this.loaded = link;
    this.find(".trouble").hidden = true;
    this.video.src = link;
    if (time) this.video.addEventListener("loadedmetadata", () => (this.video.currentTime = time), { once: true });
  }

  watchVideo() {
    const video = this.video;
    const tick = () => {
      this.follow();
      if (!video.paused && this.root.isConnected !== false) requestAnimationFrame(tick);
    };
    video.addEventListener("play", tick);
    for (const event of ["timeupdate", "seeking", "loadedmetadata"]) video.addEventListener(event, () => this.follow());
    for (const event of ["pause", "seeked"]) video.addEventListener(event, () => this.tellTime());
    video.addEventListener("timeupdate", () => {
      const every = 1000 * this.data.report_every_s;
      if (every && !video.paused && performance.now() - (this.toldAt ?? 0) >= every) this.tellTime();
    });
    // Whoever leaves the player while it plays is about to do something with this moment, such as a marker.
    this.find(".player").addEventListener("pointerleave", () => video.paused || this.tellTime());
    video.addEventListener("error", () => {
      if (this.loaded !== this.link) this.load(this.link, this.at);
      else this.find(".trouble").hidden = false;
    });
  }

  get time() {
    return this.video.currentTime;
  }

  jump(time) {
    const [first, last] = this.whole;
    const wanted = clamp(time, first, last);
    if (this.video.readyState === 0) {
      this.video.addEventListener("loadedmetadata", () => (this.video.currentTime = wanted), { once: true });
    } else this.video.currentTime = wanted;
    this.follow(wanted);
  }

  /** Everything that depends on where the video stands. */
  follow(time = this.time) {
    if (!this.view) return;
    // What a failed video says is no time to go on from.
    if (this.video.readyState) this.at = time;
    const [from, to] = this.view;
    // The browser rounds the time that it was given.
    const slack = 0.02 * (to - from);
    if (time > to + slack || time < from - slack) this.look(time > to && !this.video.paused ? time : time - (to - from) / 2, to - from);
    this.curves.moveCursor(time);
    const place = placeAt(this.data.times, time);
    this.rows?.forEach((row, i) => {
      const score = this.face?.scores[i][Math.max(place, 0)] ?? null;
      row.bar.style.width = `${100 * (score ?? 0)}%`;
      row.value.textContent = score === null ? "–" : score.toFixed(2);
    });
    this.find(".time").textContent = `${inWords(time, true)} / ${inWords(this.whole[1])}`;
    const said = { "aria-valuemin": this.whole[0], "aria-valuemax": this.whole[1], "aria-valuenow": time.toFixed(1) };
    for (const [name, value] of Object.entries(said)) this.chart.setAttribute(name, value);
    this.chart.setAttribute("aria-valuetext", inWords(time, true));
  }

  /** Show a stretch of that length from a time on, as far as the recording goes. */
  look(from, length) {
    const [first, last] = this.whole;
    const span = clamp(length, Math.min(LEAST_VIEW_S, last - first), last - first);
    const begin = clamp(from, first, last - span);
    this.view = [begin, begin + span];
    this.draw();
  }

  draw() {
    if (!this.data) return;
    this.curves.draw(this.data, this.face?.scores ?? this.data.emotions.map(() => []), this.view, this.range);
    const zoomed = this.view[1] - this.view[0] < this.whole[1] - this.whole[0] - 1e-6;
    this.find(".whole").hidden = !zoomed && !this.range;
    this.find(".chosen").textContent = this.range ? `Chosen: ${this.range.map((time) => inWords(time, true)).join(" – ")}` : "";
    this.curves.moveCursor(this.time);
  }

  /** A stretch that a person drew: it fills the chart, and Python hears of it. null is the whole again. */
  choose(range) {
    this.range = range;
    this.tell("range_s", range && range.map((time) => Math.round(1000 * time) / 1000));
    const [from, to] = range ?? this.whole;
    this.look(from, to - from);
    if (range && (this.time < from || this.time > to)) this.jump(from);
  }

  watchPointer() {
    let begin = null;
    const chart = this.chart;
    chart.onpointerdown = (event) => {
      if (event.button) return;
      begin = event.clientX;
      chart.setPointerCapture(event.pointerId);
    };
    chart.onpointermove = (event) => {
      this.curves.hover(this.curves.timeAt(event.clientX));
      if (begin !== null && Math.abs(event.clientX - begin) >= DRAG_PX) drawRange(this.curves, this.between(begin, event.clientX));
    };
    chart.onpointerleave = () => this.curves.hover(null);
    chart.onpointercancel = () => {
      begin = null;
      this.draw();
    };
    chart.onpointerup = (event) => {
      if (begin === null) return;
      if (Math.abs(event.clientX - begin) < DRAG_PX) this.jump(this.curves.timeAt(event.clientX));
      else this.choose(this.between(begin, event.clientX));
      begin = null;
    };
    chart.ondblclick = () => this.choose(null);
  }

  between(one, other) {
    return [one, other].map((x) => this.curves.timeAt(x)).sort((a, b) => a - b);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? BIG_STEP_S : STEP_S;
    const length = this.view[1] - this.view[0];
    const zoom = (factor) => this.look(this.time - (length * factor) / 2, length * factor);
    const does = {
      ArrowLeft: () => this.jump(this.time - step),
      ArrowRight: () => this.jump(this.time + step),
      Home: () => this.jump(this.whole[0]),
      End: () => this.jump(this.whole[1]),
      " ": () => (this.video.paused ? this.video.play() : this.video.pause()),
      "+": () => zoom(0.5),
      "-": () => zoom(2),
      Escape: () => this.choose(null),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }

  /** The seven scores of the moment, beside the video; pointing at one brings its line forward. */
  listNow() {
    this.find(".who").textContent = this.face?.name ?? "No face was seen";
    const list = this.find(".now");
    this.rows = this.data.emotions.map((emotion, i) => {
      const element = this.find("template").content.firstElementChild.cloneNode(true);
      const part = (name) => element.querySelector(name);
      part(".name").textContent = emotion.name;
      part(".bar").style.background = emotion.color;
      element.onpointerenter = () => this.bringForward(i);
      element.onpointerleave = () => this.bringForward(null);
      return { element, bar: part(".bar"), value: part(".value") };
    });
    list.replaceChildren(...this.rows.map((row) => row.element));
    this.follow();
  }

  bringForward(i) {
    this.curves.highlight = i;
    this.draw();
  }

  tellTime() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      this.toldAt = performance.now();
      this.tell("time_s", Math.round(1000 * this.time) / 1000);
    }, TELL_AFTER_MS);
  }

  tell(name, value) {
    const said = JSON.stringify(value);
    if (this.told[name] === said) return;
    this.told[name] = said;
    this.setStateValue(name, value);
  }

  close() {
    clearTimeout(this.telling);
    this.resized.disconnect();
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
  }
}

export default function (component) {
  const root = component.parentElement;
  if (!players.has(root)) players.set(root, new Player(root));
  const player = players.get(root);
  player.show(component);
  return () => {
    players.delete(root);
    player.close();
  };
}
