// The time at the gate: the device's clock, set right by the node, and never earlier than what has already happened here.

const BACK_MS = 5 * 60_000;

export class Clock {
  constructor() {
    this.offsetMs = 0; // the node's time less the device's
    this.latestMs = 0;
  }

  /** Milliseconds since 1970. Somebody who puts the clock back does not make an old list new. */
  now() {
    this.latestMs = Math.max(this.latestMs, this.nodeMs());
    return this.latestMs;
  }

  /** As the node's clock stands, as far as we know. */
  nodeMs() {
    return Date.now() + this.offsetMs;
  }

  /** Whether the device's clock was put back. */
  get wentBack() {
    return this.nodeMs() < this.latestMs - BACK_MS;
  }

  /** Something happened then. @param {number} atMs */
  notBefore(atMs) {
    if (Number.isFinite(atMs)) this.latestMs = Math.max(this.latestMs, atMs);
  }

  /** What the node says the time is: milliseconds since 1970, or ISO 8601. @param {unknown} serverTime */
  learn(serverTime) {
    const atMs = typeof serverTime === "number" ? serverTime : Date.parse(String(serverTime));
    if (!Number.isFinite(atMs)) return;
    this.offsetMs = atMs - Date.now();
    this.latestMs = atMs; // the node knows better than what a wrong clock said before
  }
}
