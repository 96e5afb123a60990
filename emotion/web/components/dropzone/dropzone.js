// The drop zone: shows what is on its way and tells Python what has come. Uploads go on while the person looks at other
// pages of the dashboard, because they belong to this module, not to what is drawn.

const zones = new Map();
const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

class Zone {
  constructor() {
    this.transfers = [];
    this.view = null;
    this.running = false;
    addEventListener("beforeunload", (event) => this.running && event.preventDefault());
  }

  add(files) {
    for (const file of files) {
      const transfer = new Transfer(file, () => this.data, () => this.draw());
      const wrong = this.wrong(file);
      if (wrong) Object.assign(transfer, { state: "failed", message: wrong });
      this.transfers.push(transfer);
    }
    this.draw();
    this.work();
  }

  /** Why a file is not even tried; null where it may be fine. */
  wrong(file) {
    const ending = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
    if (!file.type.startsWith("video/") && !this.data.endings.includes(ending))
      return "This is no video. Choose MP4, MOV, MKV, WebM, AVI or the like.";
    if (file.size === 0) return "This file is empty. Choose another.";
    if (file.size > this.data.max_bytes) return `This file has ${inUnits(file.size)}. ${this.data.limit}`;
    return null;
  }

  /** One after the other: two at once would only share the line, and both come later. */
  async work() {
    if (this.running) return;
    this.running = true;
    for (let next; (next = this.transfers.find((transfer) => transfer.state === "waiting")); ) {
      await next.run();
      if (next.state === "done") this.tell();
    }
    this.running = false;
  }

  remove(transfer) {
    if (!transfer.over) transfer.cancel();
    this.transfers = this.transfers.filter((other) => other !== transfer);
    this.draw();
  }

  /** Python takes what is done; what it has taken it says, and that leaves the list. */
  tell() {
    const done = this.transfers.filter((transfer) => transfer.state === "done").map((transfer) => transfer.id);
    this.setStateValue?.("finished", done);
  }

  show(component) {
    this.data = component.data;
    this.setStateValue = component.setStateValue;
    this.transfers = this.transfers.filter((transfer) => !(transfer.state === "done" && this.data.taken.includes(transfer.id)));
    const waiting = this.transfers.some((transfer) => transfer.state === "done" && !this.data.told.includes(transfer.id));
    if (waiting) this.tell();
    if (this.view?.root !== component.parentElement) this.view = new View(component.parentElement, this);
    this.view.about(this.data.limit);
    this.draw();
  }

  draw() {
    this.view?.draw(this.transfers);
  }

  hide() {
    this.view = null;
    this.setStateValue = null;
  }
}

class View {
  constructor(root, zone) {
    this.root = root;
    this.zone = zone;
    this.rows = new Map();
    this.list = root.querySelector(".rows");
    const area = root.querySelector(".zone");
    const input = root.querySelector("input");
    root.querySelector(".choose").onclick = () => input.click();
    input.accept = ["video/*", ...zone.data.endings].join(",");
    input.onchange = () => {
      zone.add(input.files);
      input.value = "";
    };
    area.ondragover = (event) => {
      event.preventDefault();
      area.classList.add("over");
    };
    area.ondragleave = () => area.classList.remove("over");
    area.ondrop = (event) => {
      event.preventDefault();
      area.classList.remove("over");
      zone.add([...event.dataTransfer.items].filter(isFile).map((item) => item.getAsFile()));
    };
  }

  about(limit) {
    this.root.querySelector(".limit").textContent = limit;
  }

  draw(transfers) {
    for (const [transfer, row] of this.rows)
      if (!transfers.includes(transfer)) {
        row.element.remove();
        this.rows.delete(transfer);
      }
    for (const transfer of transfers) {
      if (!this.rows.has(transfer)) this.rows.set(transfer, this.row(transfer));
      this.fill(this.rows.get(transfer), transfer);
    }
  }

  row(transfer) {
    const element = this.root.querySelector("template").content.firstElementChild.cloneNode(true);
    const find = (name) => element.querySelector(name);
    const row = { element, bar: find("progress"), told: find(".told"), action: find("button") };
    find(".name").textContent = transfer.file.name;
    row.bar.setAttribute("aria-label", transfer.file.name);
    row.action.onclick = () => this.zone.remove(transfer);
    this.list.append(element);
    return row;
  }

  fill(row, transfer) {
    const share = transfer.state === "done" ? 1 : transfer.sent / Math.max(transfer.file.size, 1);
    row.element.dataset.state = transfer.state;
    row.bar.value = share;
    row.bar.hidden = transfer.state === "failed";
    row.told.textContent = words(transfer, share);
    const verb = transfer.over ? "Remove" : "Cancel";
    row.action.textContent = verb;
    row.action.setAttribute("aria-label", `${verb} ${transfer.file.name}`);
  }
}

// A folder is no file, though browsers hand it over as one.
const isFile = (item) => item.kind === "file" && !item.webkitGetAsEntry?.()?.isDirectory;

function words(transfer, share) {
  const size = transfer.file.size;
  switch (transfer.state) {
    case "waiting":
      return `Waiting · ${inUnits(size)}`;
    case "reading":
      return "Reading the part that was uploaded before";
    case "lost":
      return `The connection broke at ${Math.floor(100 * share)} %. Trying again; nothing is lost.`;
    case "done":
      return `Uploaded · ${inUnits(size)}`;
    case "held":
    case "failed":
      return transfer.message;
    default: {
      const speed = transfer.speed;
      const left = speed > 0 ? ` · ${inUnits(speed)}/s · ${inTime((size - transfer.sent) / speed)} left` : "";
      return `${inUnits(transfer.sent)} of ${inUnits(size)}${left}`;
    }
  }
}

function inUnits(bytes) {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const value = bytes / 2 ** (10 * power);
  return `${value.toFixed(power && value < 100 ? 1 : 0)} ${UNITS[power]}`;
}

function inTime(seconds) {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export default function (component) {
  const name = component.data.zone;
  if (!zones.has(name)) zones.set(name, new Zone());
  const zone = zones.get(name);
  zone.show(component);
  return () => zone.hide();
}
