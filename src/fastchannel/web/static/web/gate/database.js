// The device's store. `plain` holds what is needed before the PIN; `sealed` and `entries` hold nothing that can be read without it.

export const NAME = "fastchannel-gate";
const VERSION = 1;
export const [PLAIN, SEALED, ENTRIES] = ["plain", "sealed", "entries"];
const STORES = [PLAIN, SEALED, ENTRIES];

/** @returns {Promise<IDBDatabase>} */
export function openDatabase() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(PLAIN, { keyPath: "id" });
    request.result.createObjectStore(SEALED, { keyPath: "id" });
    const entries = request.result.createObjectStore(ENTRIES, { keyPath: "seq" });
    entries.createIndex("nonce", "nonce", { unique: true });
    entries.createIndex("state", "state");
  };
  return answered(request);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
export function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Runs `work` in one transaction and resolves once it is on the disk: "strict" asks the browser not to say so earlier.
 * @template T @param {IDBDatabase} database @param {string[]} stores @param {(transaction: IDBTransaction) => T} work @returns {Promise<T>}
 */
export function written(database, stores, work) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
    let found;
    transaction.oncomplete = () => resolve(found);
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("the store refused"));
    found = work(transaction);
  });
}

/** @param {IDBDatabase} database @param {string} store @param {IDBValidKey} key */
export function get(database, store, key) {
  return answered(database.transaction(store).objectStore(store).get(key));
}

/** @param {IDBDatabase} database @param {string} store @param {object} value */
export function put(database, store, value) {
  return written(database, [store], (transaction) => void transaction.objectStore(store).put(value));
}

/** Erases everything, and leaves only why, where that is said. @param {IDBDatabase} database @param {string} why @param {number} atMs */
export function wipe(database, why, atMs) {
  return written(database, STORES, (transaction) => {
    for (const store of STORES) transaction.objectStore(store).clear();
    if (why) transaction.objectStore(PLAIN).put({ id: "gone", why, at: atMs });
  });
}
