// The PIN's lock: a random key encrypts every record, and the PIN's key wraps that key. Neither is kept outside memory in the clear.

import { utf8 } from "./bytes.js";
import { get, PLAIN, put, SEALED, wipe, written } from "./database.js";

export const ITERATIONS = 600_000; // of PBKDF2 with SHA-256, as OWASP asks; a cheap phone needs a second and a half
export const MOST_ATTEMPTS = 10;
export const LEAST_PIN = 6;
const MOST_PIN = 64;
const WAITS_S = [0, 0, 0, 5, 15, 30, 60, 120, 300]; // before the next attempt, by how many failed

/**
 * What an attempt came to. `left` attempts remain, the next after `waitMs`.
 * @typedef {{state: "open"} | {state: "wiped"} | {state: "wrong"|"wait", left: number, waitMs: number}} Attempt
 */

/** Why a PIN is too easily guessed; "" where it is not. @param {string} pin @returns {""|"short"|"long"|"easy"} */
export function weakness(pin) {
  if ([...pin].length < LEAST_PIN) return "short";
  if ([...pin].length > MOST_PIN) return "long";
  const codes = [...pin].map((one) => one.codePointAt(0));
  const steps = new Set(codes.slice(1).map((one, index) => one - codes[index]));
  const runs = steps.size === 1 && [0, 1, -1].includes([...steps][0]);
  return runs || new Set(codes).size < 3 ? "easy" : "";
}

export class Vault {
  /** @param {IDBDatabase} database @param {number} iterations of a vault that is made anew */
  constructor(database, iterations = ITERATIONS) {
    this.database = database;
    this.iterations = iterations;
    /** @type {?CryptoKey} */
    this.key = null;
  }

  get isOpen() {
    return this.key !== null;
  }

  /** A new vault under a PIN, opened. The caller has checked `weakness`. @param {string} pin */
  async create(pin) {
    const { iterations } = this;
    const [salt, iv, raw] = [16, 12, 32].map((size) => crypto.getRandomValues(new Uint8Array(size)));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await pinKey(pin, salt, iterations), raw);
    await put(this.database, PLAIN, { id: "vault", salt, iterations, iv, data, attempts: 0, at: 0 });
    this.key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  /** @param {string} pin @param {number} atMs @returns {Promise<Attempt>} */
  async unlock(pin, atMs) {
    const counted = await this.count(atMs);
    if (counted.state !== "counted") return counted;
    const { record } = counted;
    try {
      const outer = await pinKey(pin, record.salt, record.iterations);
      const raw = await crypto.subtle.decrypt({ name: "AES-GCM", iv: record.iv }, outer, record.data);
      this.key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    } catch {
      if (record.attempts >= MOST_ATTEMPTS) {
        await wipe(this.database, "attempts", atMs);
        return { state: "wiped" };
      }
      return { state: "wrong", left: MOST_ATTEMPTS - record.attempts, waitMs: waitOf(record.attempts) };
    }
    await this.update((held) => ({ ...held, attempts: 0 }));
    return { state: "open" };
  }

  /** Counts the attempt before the PIN is tried: whoever kills the page meanwhile gains none. */
  async count(atMs) {
    let found;
    await this.update((held) => {
      // A clock that was put back does not shorten the wait: it begins anew.
      const left = MOST_ATTEMPTS - held.attempts;
      const waitMs = held.at + waitOf(held.attempts) - atMs;
      if (waitMs > 0 && held.at <= atMs) found = { state: "wait", left, waitMs };
      else if (held.at > atMs && waitOf(held.attempts)) found = { state: "wait", left, waitMs: waitOf(held.attempts) };
      if (found) return held.at > atMs ? { ...held, at: atMs } : held;
      found = { state: "counted", record: { ...held, attempts: held.attempts + 1, at: atMs } };
      return found.record;
    });
    return found;
  }

  /** How many attempts remain, and how long until the next. @param {number} atMs */
  async standing(atMs) {
    const held = await get(this.database, PLAIN, "vault");
    return { left: MOST_ATTEMPTS - held.attempts, waitMs: Math.max(0, held.at + waitOf(held.attempts) - atMs) };
  }

  lock() {
    this.key = null;
  }

  /** A value of JSON as a record that only this vault reads, and only under this name. @param {string} name @param {unknown} value */
  async seal(name, value) {
    if (!this.key) throw new Error("the vault is locked");
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: utf8(name) },
      this.key,
      utf8(JSON.stringify(value)),
    );
    return { iv, data };
  }

  /** @param {string} name @param {{iv: Uint8Array, data: ArrayBuffer}} record */
  async open(name, { iv, data }) {
    if (!this.key) throw new Error("the vault is locked");
    const raw = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8(name) }, this.key, data);
    return JSON.parse(new TextDecoder().decode(raw));
  }

  /** @param {string} id @param {unknown} value */
  async keep(id, value) {
    await put(this.database, SEALED, { id, ...(await this.seal(id, value)) });
  }

  /** What was kept under that name; null where nothing was. @param {string} id */
  async kept(id) {
    const record = await get(this.database, SEALED, id);
    return record ? this.open(id, record) : null;
  }

  update(change) {
    return written(this.database, [PLAIN], (transaction) => {
      const store = transaction.objectStore(PLAIN);
      const request = store.get("vault");
      request.onsuccess = () => store.put(change(request.result));
    });
  }
}

async function pinKey(pin, salt, iterations) {
  const written = await crypto.subtle.importKey("raw", utf8(pin.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(parameters, written, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

function waitOf(attempts) {
  return (WAITS_S[attempts - 1] ?? 0) * 1000;
}
