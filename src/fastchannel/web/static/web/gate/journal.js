// What this checkpoint did, entry by entry. Appended before anything is shown as done; erased only once the node has it.

import { answered, ENTRIES, get, written } from "./database.js";

/**
 * `seq` counts from 1 without a gap on this device; `nonce` makes the entry one, however often it is sent.
 * @typedef {{nonce: string, seq: number, at: number, pass?: {issuer: string, id: string}, document?: string, journey?: string,
 *   kind: "admitted"|"refused"|"seen"|"override", verdict: string, reason: string, note?: string}} Entry
 *
 * `at` is by the device's clock. `name` is for this device's own log and is not sent.
 * @typedef {Entry & {state: number, code?: string, name?: string}} Held
 */

export const [UNSENT, SENT, REJECTED] = [0, 1, 2];
export const KEPT_MS = 72 * 3_600_000; // of an entry that the node has; the longest time that a device may be without a link
const LOCK = "fastchannel-gate-entries";

export class Journal {
  /** @param {IDBDatabase} database @param {import("./vault.js").Vault} vault */
  constructor(database, vault) {
    this.database = database;
    this.vault = vault;
    /** @type {Map<string, Held>} by nonce, in order */
    this.held = new Map();
  }

  /** Reads what is kept into memory. */
  async load() {
    this.held.clear();
    for (const record of await answered(this.database.transaction(ENTRIES).objectStore(ENTRIES).getAll())) {
      const entry = await this.vault.open(nameOf(record.seq), record);
      this.held.set(entry.nonce, { ...entry, state: record.state, ...(record.code ? { code: record.code } : {}) });
    }
  }

  /** Resolves once the entry is on the disk. @param {Omit<Entry, "nonce"|"seq">} said @returns {Promise<Held>} */
  async append(said) {
    return navigator.locks.request(LOCK, async () => {
      const entry = { nonce: crypto.randomUUID(), seq: (await this.last()) + 1, ...said };
      const record = await this.vault.seal(nameOf(entry.seq), entry);
      await written(this.database, [ENTRIES, "plain"], (transaction) => {
        // `add`, not `put`: an entry is never written over another.
        transaction.objectStore(ENTRIES).add({ seq: entry.seq, nonce: entry.nonce, at: entry.at, state: UNSENT, ...record });
        transaction.objectStore("plain").put({ id: "seq", last: entry.seq });
      });
      const held = { ...entry, state: UNSENT };
      this.held.set(entry.nonce, held);
      return held;
    });
  }

  /** The last number given, also where its entry is erased already. */
  async last() {
    return (await get(this.database, "plain", "seq"))?.last ?? 0;
  }

  /** @param {number} most @returns {Held[]} */
  unsent(most) {
    return this.all()
      .filter((one) => one.state === UNSENT)
      .slice(0, most);
  }

  /** In the order in which they were made. @returns {Held[]} */
  all() {
    return [...this.held.values()];
  }

  /**
   * Takes the node's answer: what it has need not be sent again.
   * @param {string[]} had @param {{nonce: string, code: string}[]} rejected
   */
  async settle(had, rejected) {
    const told = new Map(had.map((nonce) => [nonce, { state: SENT }]));
    for (const { nonce, code } of rejected) told.set(nonce, { state: REJECTED, code });
    const entries = [...told].filter(([nonce]) => this.held.has(nonce));
    await written(this.database, [ENTRIES], (transaction) => {
      const store = transaction.objectStore(ENTRIES);
      for (const [nonce, news] of entries) {
        const request = store.index("nonce").get(nonce);
        request.onsuccess = () => request.result && store.put({ ...request.result, ...news });
      }
    });
    for (const [nonce, news] of entries) this.held.set(nonce, { ...this.held.get(nonce), ...news });
    return entries.length;
  }

  /** The refs of those whom this device let through. @returns {Set<string>} */
  admitted() {
    const through = this.all().filter((one) => one.kind === "admitted" || one.kind === "override");
    return new Set(through.map((one) => one.journey).filter(Boolean));
  }

  /** Erases what the node has (all but what it could not read) and nobody here needs any more. @param {number} atMs */
  async erase(atMs) {
    const old = this.all().filter((one) => one.state !== UNSENT && one.code !== "malformed" && one.at < atMs - KEPT_MS);
    if (!old.length) return;
    await written(this.database, [ENTRIES], (transaction) => {
      for (const one of old) transaction.objectStore(ENTRIES).delete(one.seq);
    });
    for (const one of old) this.held.delete(one.nonce);
  }
}

/** How many entries wait, which the lock screen says too. @param {IDBDatabase} database @returns {Promise<number>} */
export function countUnsent(database) {
  return answered(database.transaction(ENTRIES).objectStore(ENTRIES).index("state").count(UNSENT));
}

/** An entry as it is told to the node. @param {Held} held @returns {Entry} */
export function wire(held) {
  const { state: _state, code: _code, name: _name, ...entry } = held;
  return entry;
}

function nameOf(seq) {
  return `entries/${seq}`;
}
