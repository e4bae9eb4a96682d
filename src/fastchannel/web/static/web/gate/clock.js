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

  /** What the node says the time is: milliseconds since 1970. @param {unknown} serverTime */
  learn(serverTime) {
    const atMs = Number(serverTime || NaN);
    if (!Number.isFinite(atMs)) return;
    this.offsetMs = atMs - Date.now();
    this.latestMs = atMs; // the node knows better than what a wrong clock said before
  }

  /** When something happened by the device's clock, as the node's clock would say it. @param {number} deviceMs */
  shown(deviceMs) {
    return deviceMs + this.offsetMs;
  }

  /** What outlives the page. @returns {{offsetMs: number, latestMs: number}} */
  get state() {
    return { offsetMs: this.offsetMs, latestMs: this.latestMs };
  }

  /** @param {?{offsetMs?: number, latestMs?: number}} state */
  set state(state) {
    this.offsetMs = state?.offsetMs ?? 0;
    this.latestMs = state?.latestMs ?? 0;
  }
}
