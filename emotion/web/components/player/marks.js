// What lies on the time axis beside the curves: markers, excluded stretches, the stretch that a person chose.

const LETTER_PX = 6.5;

function drawMarkers(curves, markers) {
  const layer = curves.layers.marks;
  const ordered = [...markers].sort((one, other) => one.time_s - other.time_s);
  ordered.forEach((marker, i) => {
    const x = curves.x(marker.time_s);
    const next = i + 1 < ordered.length ? curves.x(ordered[i + 1].time_s) : curves.width;
    if (marker.until_s !== null) {
      const width = Math.max(curves.x(marker.until_s) - x, 1);
      make(layer, "rect", { x, y: MARGIN.top, width, height: curves.bottom - MARGIN.top, class: "stretch" });
    }
    make(layer, "line", { x1: x, x2: x, y1: MARGIN.top - 6, y2: curves.bottom, class: "marker" });
    if (marker.time_s < curves.view[0] || marker.time_s > curves.view[1]) return;
    const label = make(curves.layers.names, "text", { x, y: MARGIN.top - 8, class: "marker-text" }, fitting(marker.text, next - x));
    make(label, "title", {}, `${inWords(marker.time_s, true)} ${marker.text}`);
  });
}

/** As much of a text as has room before the next marker; a flag where that is next to nothing. */
function fitting(text, width) {
  const most = Math.floor(width / LETTER_PX);
  if (most < 4) return "⚑";
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** @param {[number, number] | null} range */
function drawRange(curves, range) {
  const layer = curves.layers.range;
  layer.replaceChildren();
  if (!range) return;
  const [x, end] = range.map((time) => curves.x(time));
  make(layer, "rect", { x, y: MARGIN.top, width: Math.max(end - x, 1), height: curves.bottom - MARGIN.top, class: "range" });
}
