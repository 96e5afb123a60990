// Time and its place on the axis.

const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** "1:02:03", "2:03", with tenths where asked for. */
function inWords(seconds, tenths = false) {
  const whole = Math.max(0, tenths ? Math.floor(seconds * 10 + 1e-6) / 10 : Math.floor(seconds + 1e-6));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = (whole % 60).toFixed(tenths ? 1 : 0).padStart(tenths ? 4 : 2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** Round times between two ends, at least 70 pixels apart. */
function ticks(from, to, width) {
  const least = ((to - from) * 70) / Math.max(width, 1);
  const step = STEPS_S.find((one) => one >= least) ?? STEPS_S.at(-1);
  const found = [];
  for (let n = Math.ceil(from / step - 1e-9); n * step <= to + 1e-9; n++) found.push(n * step);
  return found;
}

/** The place of the last of `times` that is not after `time`; -1 where all are. */
function placeAt(times, time) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time + 1e-6) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Moves places down the page apart by `gap`, as little as it takes, and keeps them above `bottom`. */
function spread(places, gap, top, bottom) {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b] || a - b);
  const spaced = [...places];
  let least = top;
  for (const i of order) least = (spaced[i] = Math.max(spaced[i], least)) + gap;
  let most = bottom;
  for (const i of order.reverse()) most = (spaced[i] = Math.min(spaced[i], most)) - gap;
  return spaced;
}
