// One file on its way to the server: tus 1.0.0 (https://tus.io/protocols/resumable-upload) in pieces, hashed on the way.

// A piece that breaks off is not lost, the server keeps what came; so pieces need not be small. Proxies limit them,
// and two of them lie in memory.
const PIECE = 16 * 2 ** 20;
const HASH_PIECE = 2 ** 20;
// Seconds to wait before the next try; the last one is used again and again.
const WAITS_S = [1, 2, 4, 8, 15];
// Where a server that asks to wait does not say how long.
const BUSY_S = 10;
const SPEED_OVER_MS = 5000;

class Refused extends Error {}
class Busy extends Error {
  constructor(message, seconds) {
    super(message);
    this.seconds = seconds;
  }
}
class Cancelled extends Error {}

// Lets the page draw and answer between two pieces of work. setTimeout would do so once a second in a hidden tab.
const breathe = () =>
  new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => (channel.port1.close(), resolve());
    channel.port2.postMessage(0);
  });

class Transfer {
  /**
   * @param {File} file
   * @param {() => {endpoint: string, ticket: string, privacy: string}} where the ticket may be renewed while it runs
   * @param {() => void} changed called whenever there is something new to show
   */
  constructor(file, where, changed) {
    Object.assign(this, { file, where, changed });
    this.state = "waiting"; // reading, sending, lost, held, done, failed, cancelled
    this.message = "";
    this.url = null;
    this.sent = 0;
    this.hash = new Sha256();
    this.hashed = 0;
    this.samples = [];
    this.tries = 0;
  }

  get id() {
    return this.url?.split("/").pop();
  }

  get over() {
    return ["done", "failed", "cancelled"].includes(this.state);
  }

  /** Bytes per second over the last seconds; 0 where nobody knows. */
  get speed() {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    return last && last.at > first.at ? (1000 * (last.sent - first.sent)) / (last.at - first.at) : 0;
  }

  async run() {
    while (!this.over) {
      try {
        await this.attempt();
        this.show("done");
      } catch (error) {
        await this.after(error);
      }
    }
  }

  cancel() {
    this.show("cancelled");
    this.request?.abort();
    this.wake?.();
    this.forget();
    if (this.url) fetch(this.url, { method: "DELETE", headers: this.headers() }).catch(() => {});
  }

  async attempt() {
    await this.locate();
    while (this.sent < this.file.size || !this.finished) {
      const end = Math.min(this.sent + PIECE, this.file.size);
      await this.hashTo(end, "reading");
      this.show("sending");
      // While this piece is on its way the next one is read.
      const [response] = await Promise.all([this.patch(end), this.hashTo(Math.min(end + PIECE, this.file.size))]);
      this.tries = 0;
      this.sent = Number(response.getResponseHeader("Upload-Offset"));
      this.finished = this.sent === this.file.size;
    }
    this.forget();
  }

  async after(error) {
    if (this.over) return;
    if (error instanceof Refused) {
      this.forget();
      this.message = error.message;
      this.show("failed");
    } else if (error instanceof DOMException && error.name !== "AbortError") {
      this.message = "This file cannot be read any more. Choose it again.";
      this.show("failed");
    } else if (error instanceof Busy) {
      this.message = error.message;
      this.show("held");
      await this.wait(error.seconds);
    } else {
      this.show("lost");
      await this.wait(WAITS_S[Math.min(this.tries++, WAITS_S.length - 1)]);
    }
  }

  /** Until the time is over, or the network is back. */
  wait(seconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), 1000 * seconds);
      this.wake = () => {
        clearTimeout(timer);
        removeEventListener("online", this.wake);
        resolve();
      };
      addEventListener("online", this.wake);
    });
  }

  /** Where to go on: at the upload that was begun, here or before the page was loaded again, or at a new one. */
  async locate() {
    this.url ??= this.remembered();
    if (this.url) {
      const response = await fetch(this.url, { method: "HEAD", headers: this.headers() });
      if (response.ok && Number(response.headers.get("Upload-Length")) === this.file.size) {
        this.sent = Number(response.headers.get("Upload-Offset"));
        this.samples = [];
        return;
      }
      if (response.status >= 500) throw new Error("not now");
      this.url = null;
    }
    await this.create();
  }

  async create() {
    const { endpoint, privacy } = this.where();
    const said = [["filename", this.file.name], ["privacy", privacy]].filter(([, value]) => value);
    const pairs = said.map(([key, value]) => `${key} ${base64(new TextEncoder().encode(value))}`);
    const about = { "Upload-Length": this.file.size, "Upload-Metadata": pairs.join(",") };
    const response = await fetch(endpoint, { method: "POST", headers: this.headers(about) });
    await this.mustBeFine(response.status, () => response.text(), response.headers.get("Retry-After"));
    this.url = response.headers.get("Location");
    this.sent = 0;
    this.samples = [];
    if (this.over) return this.cancel();
    this.remember();
  }

  patch(end) {
    const whole = end === this.file.size ? { "Repr-Digest": `sha-256=:${base64(this.digest())}:` } : {};
    const begin = this.sent;
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": begin, ...whole };
    return new Promise((resolve, reject) => {
      const request = (this.request = new XMLHttpRequest());
      request.open("PATCH", this.url);
      for (const [name, value] of Object.entries(this.headers(headers))) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => this.progress(begin + Math.min(event.loaded, end - begin));
      request.onload = () => this.mustBeFine(request.status, () => request.responseText).then(() => resolve(request), reject);
      request.onerror = request.ontimeout = () => reject(new Error("lost"));
      request.onabort = () => reject(new Cancelled());
      request.send(this.file.slice(begin, end));
    });
  }

  /** Errors that a person should read are Refused; of others it is worth to try again. */
  async mustBeFine(status, text, retryAfter = null) {
    if (status >= 200 && status < 300) return;
    if (status === 429) {
      const sentence = await sentenceIn(text, "The server asks to wait. This goes on by itself.");
      throw new Busy(sentence, Number(retryAfter) || BUSY_S);
    }
    if ([408, 409, 423].includes(status) || (status >= 500 && status !== 507)) throw new Error(`status ${status}`);
    const proxy = "A proxy before the server refuses pieces of this size. Tell the administrator.";
    const refused = "The server refuses this file. Try again later, or ask the administrator.";
    throw new Refused(await sentenceIn(text, status === 413 ? proxy : refused));
  }

  async hashTo(end, state) {
    if (state && end - this.hashed > 2 * PIECE) this.show(state);
    while (this.hashed < end && !this.over) {
      const next = Math.min(this.hashed + HASH_PIECE, end);
      const bytes = await this.file.slice(this.hashed, next).arrayBuffer();
      this.hash.update(new Uint8Array(bytes));
      this.hashed = next;
      await breathe();
    }
    if (this.over) throw new Cancelled();
  }

  digest() {
    return (this.whole ??= this.hash.digest());
  }

  progress(sent) {
    const now = performance.now();
    this.sent = sent;
    this.samples.push({ at: now, sent });
    while (this.samples[0].at < now - SPEED_OVER_MS) this.samples.shift();
    this.changed();
  }

  show(state) {
    if (this.state === "cancelled") return;
    this.state = state;
    this.changed();
  }

  headers(more = {}) {
    return { "Tus-Resumable": "1.0.0", "Emotion-Ticket": this.where().ticket, ...more };
  }

  // What was begun is found again when the same file is chosen after the page was closed. Names of files are nobody's
  // business who uses this browser later, so only a hash of them is kept.

  get memory() {
    const words = `${this.where().endpoint}|${this.file.name}|${this.file.size}|${this.file.lastModified}`;
    return `emotion-upload-${base64(new Sha256().update(new TextEncoder().encode(words)).digest())}`;
  }

  remembered() {
    return remembering(() => localStorage.getItem(this.memory));
  }

  remember() {
    remembering(() => localStorage.setItem(this.memory, this.url));
  }

  forget() {
    remembering(() => localStorage.removeItem(this.memory));
  }
}

// What the server says, or this where a proxy in between answers with a page of its own.
const sentenceIn = async (text, otherwise) => {
  try {
    return JSON.parse(await text()).error ?? otherwise;
  } catch {
    return otherwise;
  }
};

// A browser that keeps nothing (private windows, policies) throws; then nothing is resumed after a reload.
const remembering = (use) => {
  try {
    return use();
  } catch {
    return null;
  }
};
