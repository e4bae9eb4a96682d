// What a traveller's phone keeps for one link, and how unsent answers leave it. Shared by the page and its worker.
//
// Kept are the pages that were opened, and answers until they are sent. Both are encrypted by a key that this browser made,
// that it never hands out, and that is deleted with them when the link ends. The store's name is a digest of the link.
"use strict";

self.TravellerStore = class TravellerStore {
  /** @param {string} base the link's own address, "/t/…/" */
  constructor(base) {
    this.base = base;
  }

  static get possible() {
    return Boolean(self.isSecureContext && self.indexedDB && self.crypto && self.crypto.subtle);
  }

  async name() {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(this.base)));
    return "traveller-" + [...digest.slice(0, 16)].map((one) => one.toString(16).padStart(2, "0")).join("");
  }

  async open() {
    const asked = indexedDB.open(await this.name(), 1);
    return new Promise((resolve, reject) => {
      asked.onupgradeneeded = () => {
        for (const store of ["keys", "pages", "answers", "told", "facts"]) asked.result.createObjectStore(store);
      };
      asked.onsuccess = () => {
        asked.result.onversionchange = () => asked.result.close();
        resolve(asked.result);
      };
      asked.onerror = () => reject(asked.error);
      asked.onblocked = () => reject(new Error("blocked"));
    });
  }

  /** One transaction over one store. @param {(store: IDBObjectStore) => IDBRequest} act */
  async at(store, mode, act) {
    const base = await this.open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = base.transaction(store, mode, { durability: "strict" });
        const asked = act(transaction.objectStore(store));
        transaction.oncomplete = () => resolve(asked.result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      });
    } finally {
      base.close();
    }
  }

  get(store, key) {
    return this.at(store, "readonly", (found) => found.get(key));
  }

  put(store, key, value) {
    return this.at(store, "readwrite", (found) => found.put(value, key));
  }

  delete(store, key) {
    return this.at(store, "readwrite", (found) => found.delete(key));
  }

  all(store) {
    return this.at(store, "readonly", (found) => found.getAll());
  }

  async key() {
    const held = await this.get("keys", "own");
    if (held) return held;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Page and worker may come here at once: whoever is first wins, and the other takes that one.
    await this.at("keys", "readwrite", (found) => found.add(made, "own")).catch(() => {});
    return this.get("keys", "own");
  }

  async seal(value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.key(), plain) };
  }

  async unseal({ iv, sealed }) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await this.key(), sealed);
    return JSON.parse(new TextDecoder().decode(plain));
  }

  // ---- time: the phone's clock may be wrong, so the node's is remembered by how far the phone's was off -----------------------

  async learn(now) {
    if (Number.isFinite(now)) await this.put("facts", "ahead", now - Date.now());
  }

  async now() {
    return Date.now() + ((await this.get("facts", "ahead")) ?? 0);
  }

  async ended() {
    const expires = await this.get("facts", "expires");
    return expires !== undefined && expires <= (await this.now());
  }

  // ---- pages -----------------------------------------------------------------------------------------------------------------

  async keepPage(name, text) {
    await this.put("pages", name, await this.seal(text));
  }

  async page(name) {
    const held = await this.get("pages", name);
    return held ? this.unseal(held) : undefined;
  }

  // ---- answers ---------------------------------------------------------------------------------------------------------------

  /** Keep an answer. Its key is its own for ever, so that however often it is sent it is recorded once. */
  async keepAnswer(day, symptoms) {
    const key = crypto.randomUUID();
    const pressed = await this.now();
    const number = ((await this.get("facts", "number")) ?? 0) + 1;
    await this.put("facts", "number", number);
    await this.put("answers", key, { key, number, ...(await this.seal({ day, symptoms, pressed })) });
    return key;
  }

  /** The answers not sent yet, in the order in which they were given. */
  async answers() {
    const held = (await this.all("answers")).sort((one, other) => one.number - other.number);
    return Promise.all(held.map(async (one) => ({ key: one.key, ...(await this.unseal(one)) })));
  }

  /** What became of answers that left, until it was read: no word of what they said. */
  told() {
    return this.all("told");
  }

  /** Send what is kept, one after the other. @returns {Promise<"done" | "later" | "ended">} */
  async send() {
    const work = () => this.sendAll();
    return self.navigator.locks ? navigator.locks.request(`${await this.name()}-send`, work) : work();
  }

  async sendAll() {
    for (const answer of await this.answers()) {
      const outcome = await this.sendOne(answer);
      if (outcome !== "done") return outcome;
    }
    return "done";
  }

  async sendOne({ key, day, symptoms, pressed }) {
    const sent = await this.now();
    const body = JSON.stringify({ key, day, symptoms, pressed: iso(pressed), sent: iso(sent) });
    let answer;
    try {
      answer = await fetch(`${this.base}answers/`, {
        method: "POST", body, headers: { "Content-Type": "application/json" }, cache: "no-store", redirect: "error",
      });
    } catch {
      return "later";
    }
    if (answer.headers.get("Fastchannel-Link") === "ended") return "ended";
    const told = await answer.json().catch(() => null);
    if (!told || !["recorded", "refused", "unreadable"].includes(told.outcome)) return "later"; // a gateway's page, a restart
    await this.put("told", key, { key, day, pressed, outcome: told.outcome, said: told.said });
    await this.delete("answers", key);
    return "done";
  }

  // ---- the end ---------------------------------------------------------------------------------------------------------------

  /** Delete everything that is kept for the link. */
  async clear() {
    const asked = indexedDB.deleteDatabase(await this.name());
    await new Promise((resolve) => {
      asked.onsuccess = asked.onerror = resolve;
    });
  }
};

function iso(milliseconds) {
  return new Date(milliseconds).toISOString();
}
