// Sends entries and fetches the bundle: when asked, when the link comes back, and each minute. Retries wait longer each time.

import { NoAnswer, Refusal } from "./link.js";
import { wire } from "./journal.js";

export const EVERY_MS = 60_000;
export const BUNDLE_EVERY_MS = 10 * 60_000;
const BATCH = 100;
const FIRST_RETRY_MS = 2_000;

/**
 * `offlineSince` is null while the node answers. `refused` is the code of an answer that trying again will not change.
 * @typedef {{offlineSince: ?number, lastMs: ?number, running: boolean, refused: string}} Standing
 * @typedef {{nonce: string, kind: string, other: {device?: string, at?: number}}} Raised
 *
 * What the application does with what comes. `held` is the version and the time of the bundle that it has.
 * @typedef {{changed: () => void, bundle: (bundle: object, tag: string) => Promise<void>,
 *   held: () => {tag: string, askedMs: number}, unchanged: () => Promise<void>, done: () => Promise<void>,
 *   raised: (raised: Raised[]) => Promise<void>, revoked: () => Promise<void>, version: string}} Told
 */

export class Sync {
  /**
   * @param {import("./link.js").Link} link @param {import("./journal.js").Journal} journal @param {import("./clock.js").Clock} clock
   * @param {Told} told
   */
  constructor(link, journal, clock, told) {
    Object.assign(this, { link, journal, clock, told });
    /** @type {Standing} */
    this.standing = { offlineSince: null, lastMs: null, running: false, refused: "" };
    this.failures = 0;
    this.timer = 0;
    this.stopped = true;
    this.wake = () => this.now();
  }

  start() {
    this.stopped = false;
    window.addEventListener("online", this.wake);
    return this.now();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wake);
  }

  /** One run at a time: whoever asks meanwhile waits for it, and for another where there is more to send. */
  async now({ fresh = false } = {}) {
    if (this.running) {
      await this.running;
      if (this.stopped || !this.journal.unsent(1).length) return;
    }
    clearTimeout(this.timer);
    this.running = this.run(fresh).finally(() => {
      this.running = null;
      this.standing.running = false;
      if (!this.stopped) this.timer = setTimeout(this.wake, this.pause());
      this.told.changed();
    });
    await this.running;
  }

  pause() {
    return this.failures ? Math.min(EVERY_MS, FIRST_RETRY_MS * 2 ** (this.failures - 1)) : EVERY_MS;
  }

  async run(fresh) {
    this.standing.running = true;
    this.told.changed();
    try {
      await this.send();
      await this.fetchBundle(fresh);
      await this.journal.erase(Date.now());
      Object.assign(this.standing, { offlineSince: null, lastMs: this.clock.now(), refused: "" });
      await this.told.done();
      this.failures = 0;
    } catch (error) {
      await this.failed(error);
    }
  }

  async failed(error) {
    if (this.stopped) return; // locked meanwhile: what was not settled is sent again after the next PIN
    if (error instanceof Refusal && error.code === "revoked") {
      this.stop();
      await this.told.revoked();
    } else if (error instanceof Refusal) {
      this.failures += 1;
      Object.assign(this.standing, { refused: error.code || String(error.status) });
    } else if (error instanceof NoAnswer) {
      this.failures += 1;
      this.standing.offlineSince ??= this.standing.lastMs ?? this.clock.now();
    } else {
      throw error;
    }
  }

  /** Until nothing waits: an entry stays unsent until the node names its nonce, so that a lost answer is asked for again. */
  async send() {
    for (;;) {
      const unsent = this.journal.unsent(Infinity);
      const entries = unsent.slice(0, BATCH).map(wire);
      const left = String(unsent.length - entries.length);
      const headers = { ...this.about(), "X-Unsent": left };
      const { said: answer } = await this.link.post("/gate/sync/", { entries, clock: Date.now() }, headers);
      this.clock.learn(answer.server_time);
      const settled = await this.journal.settle([...(answer.accepted ?? []), ...(answer.known ?? [])], answer.rejected ?? []);
      if (answer.raised?.length) await this.told.raised(answer.raised);
      this.told.changed();
      if (!settled || !this.journal.unsent(1).length) return;
    }
  }

  /** What the device says of itself with each call. */
  about() {
    return { "X-App-Version": this.told.version, "X-Bundle": this.told.held().tag };
  }

  async fetchBundle(fresh) {
    const { tag, askedMs } = this.told.held();
    if (!fresh && tag && this.clock.now() - askedMs < BUNDLE_EVERY_MS) return;
    const answer = await this.link.get("/gate/bundle/", { ...this.about(), ...(tag ? { "If-None-Match": tag } : {}) });
    this.clock.learn(answer.serverTime);
    await (answer.said ? this.told.bundle(answer.said, answer.tag) : this.told.unchanged());
  }
}
