// Bytes and the texts that stand for them.

/** @param {Uint8Array} raw @returns {string} */
export function hex(raw) {
  return [...raw].map((one) => one.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text @returns {Uint8Array} */
export function fromBase64(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
}

/** Without padding, as the web writes it. @param {Uint8Array} raw @returns {string} */
export function toBase64url(raw) {
  let text = "";
  for (const one of raw) text += String.fromCharCode(one);
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** @param {...(Uint8Array|number[])} parts @returns {Uint8Array} */
export function join(...parts) {
  const found = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    found.set(one, at);
    at += one.length;
  }
  return found;
}

/** @param {Uint8Array} one @param {Uint8Array} other @returns {boolean} */
export function same(one, other) {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** @param {string} text @returns {Uint8Array} */
export function utf8(text) {
  return new TextEncoder().encode(text);
}

/** @param {Uint8Array} raw @returns {Promise<Uint8Array>} */
export async function sha256(raw) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
}
