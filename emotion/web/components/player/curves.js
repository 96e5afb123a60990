// The curves of one face as SVG. Colours of lines come from the dashboard's palette, all others from the page's theme.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 34, right: 96, top: 22, bottom: 24 };
const HEIGHT = 250;
const NAME_PX = 15;

const make = (parent, name, attributes = {}, text = "") => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  parent.append(element);
  return element;
};

class Curves {
  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    this.svg = svg;
    this.layers = Object.fromEntries(
      ["grid", "marks", "lines", "names", "range", "hover", "cursor"].map((name) => [name, make(svg, "g", { class: name })]),
    );
    this.clip = make(make(make(svg, "defs"), "clipPath", { id: "plot" }), "rect");
    for (const name of ["marks", "lines", "range"]) this.layers[name].setAttribute("clip-path", "url(#plot)");
    this.cursorLine = make(this.layers.cursor, "line", { class: "cursor-line" });
    this.hoverLine = make(this.layers.hover, "line", { class: "hover-line" });
    this.hoverText = make(this.layers.hover, "text", { class: "hover-text", y: HEIGHT - 7, "text-anchor": "middle" });
    this.layers.hover.style.display = "none";
    this.highlight = null;
  }

  /**
   * @param {{times: number[], end: number, emotions: object[], markers: object[]}} data
   * @param {(number | null)[][]} scores seven rows
   * @param {[number, number]} view the times at both ends
   */
  draw(data, scores, view, range) {
    Object.assign(this, { data, scores, view });
    this.width = Math.max(this.svg.getBoundingClientRect().width, 240);
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${HEIGHT}`);
    for (const layer of ["grid", "marks", "lines", "names", "range"]) this.layers[layer].replaceChildren();
    const { left, top } = MARGIN;
    const plot = { x: left, y: top - 1, width: this.right - left, height: this.bottom - top + 2 };
    for (const [key, value] of Object.entries(plot)) this.clip.setAttribute(key, value);
    this.drawGrid();
    drawMarkers(this, data.markers);
    drawRange(this, range);
    if (data.times.length) this.drawLines();
  }

  get right() {
    return this.width - MARGIN.right;
  }

  get bottom() {
    return HEIGHT - MARGIN.bottom;
  }

  x(time) {
    const [from, to] = this.view;
    return MARGIN.left + ((time - from) / (to - from)) * (this.right - MARGIN.left);
  }

  y(score) {
    return this.bottom - score * (this.bottom - MARGIN.top);
  }

  /** The time at a place on the page. */
  timeAt(clientX) {
    const box = this.svg.getBoundingClientRect();
    const share = (clientX - box.left - MARGIN.left) / Math.max(this.right - MARGIN.left, 1);
    const [from, to] = this.view;
    return clamp(from + share * (to - from), from, to);
  }

  drawGrid() {
    const grid = this.layers.grid;
    for (const score of [0, 0.5, 1]) {
      make(grid, "line", { x1: MARGIN.left, x2: this.right, y1: this.y(score), y2: this.y(score) });
      make(grid, "text", { x: MARGIN.left - 6, y: this.y(score) + 4, "text-anchor": "end" }, String(score));
    }
    for (const time of ticks(...this.view, this.right - MARGIN.left)) {
      const x = this.x(time);
      make(grid, "line", { x1: x, x2: x, y1: this.bottom, y2: this.bottom + 4 });
      const tenths = this.view[1] - this.view[0] < 5;
      make(grid, "text", { x, y: HEIGHT - 7, "text-anchor": "middle" }, inWords(time, tenths));
    }
  }

  drawLines() {
    const ends = this.scores.map((row) => this.y(this.lastSeen(row)));
    const places = spread(ends, NAME_PX, MARGIN.top, this.bottom);
    this.data.emotions.forEach((emotion, i) => {
      const faint = this.highlight !== null && this.highlight !== i ? "faint" : "";
      make(this.layers.lines, "path", { d: this.path(this.scores[i]), stroke: emotion.color, class: faint });
      const leader = `M${this.right + 1} ${ends[i]}L${this.right + 12} ${places[i]}`;
      make(this.layers.names, "path", { d: leader, stroke: emotion.color, class: faint });
      make(this.layers.names, "text", { x: this.right + 16, y: places[i] + 4, class: faint }, emotion.name);
    });
  }

  /** The value at the right end of what is shown: the line's last one there. */
  lastSeen(row) {
    for (let i = placeAt(this.data.times, this.view[1]); i >= 0; i--) if (row[i] !== null) return row[i];
    return 0;
  }

  /** One line through the middles of the stretches, broken where the face was not in view. */
  path(row) {
    const { times, end } = this.data;
    let path = "";
    for (let i = 0; i < times.length; i++) {
      if (row[i] === null) continue;
      const next = times[i + 1] ?? end;
      const y = this.y(row[i]).toFixed(1);
      const point = (time) => `${this.x(time).toFixed(1)} ${y}`;
      const begins = i === 0 || row[i - 1] === null;
      const ends = i === times.length - 1 || row[i + 1] === null;
      path += `${begins ? `M${point(times[i])}` : ""}L${point((times[i] + next) / 2)}${ends ? `L${point(next)}` : ""}`;
    }
    return path;
  }

  moveCursor(time) {
    this.place(this.cursorLine, this.x(time));
    const there = time >= this.view[0] - 1e-6 && time <= this.view[1] + 1e-6;
    this.layers.cursor.style.display = there ? "" : "none";
  }

  /** A quiet line with its time under the pointer; null takes it away. */
  hover(time) {
    this.layers.hover.style.display = time === null ? "none" : "";
    if (time === null) return;
    this.place(this.hoverLine, this.x(time));
    this.hoverText.setAttribute("x", this.x(time));
    this.hoverText.textContent = inWords(time, true);
  }

  place(line, x) {
    for (const [key, value] of Object.entries({ x1: x, x2: x, y1: MARGIN.top, y2: this.bottom })) line.setAttribute(key, value);
  }
}
