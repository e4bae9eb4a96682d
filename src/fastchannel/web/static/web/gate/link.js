// Requests to the node, signed by this device's key.

import { hex, sha256, toBase64url, utf8 } from "./bytes.js";

export const TIMEOUT_MS = 20_000;

/** The node did not answer, or not so that one could go on: try again later. */
export class NoAnswer extends Error {}

/** The node answered no. */
export class Refusal extends Error {
  /** @param {number} status @param {{code?: string, server_time?: unknown}} said */
  constructor(status, said) {
    super(`${status}: ${said.code ?? "no code"}`);
    this.status = status;
    this.code = said.code ?? "";
    this.said = said;
  }
}

/** @returns {Promise<CryptoKeyPair>} a pair of P-256 whose private half never leaves the browser */
export function newDeviceKey() {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
}

/**
 * The header's value that proves who asks. ECDSA's r and s stand side by side.
 * @param {CryptoKey} key @param {string} device @param {string} method @param {string} path @param {number} atMs @param {Uint8Array} body
 */
export async function authorization(key, device, method, path, atMs, body) {
  const message = utf8(`${method}\n${path}\n${atMs}\n${hex(await sha256(body))}`);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, message);
  return `Device ${device}.${atMs}.${toBase64url(new Uint8Array(signature))}`;
}

/**
 * What the node answers, and what says which version of it. `said` is null where nothing has changed (304). Throws NoAnswer or Refusal.
 * @typedef {{said: any, tag: string, serverTime: string}} Answer
 * @param {string} path @param {RequestInit} request @returns {Promise<Answer>}
 */
export async function ask(path, request) {
  let response, said;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch(path, { ...request, signal, cache: "no-store", credentials: "omit", redirect: "error" });
    said = response.status === 304 ? null : await response.json();
  } catch {
    throw new NoAnswer(path);
  }
  const { status, headers } = response;
  if (response.ok || status === 304)
    return { said, tag: headers.get("ETag") ?? "", serverTime: headers.get("X-Server-Time") ?? "" };
  if (status >= 500 || status === 408) throw new NoAnswer(path);
  throw new Refusal(status, said ?? {});
}

/** @param {{code: string, name: string, public_key: JsonWebKey}} asked */
export async function enrol(asked) {
  const headers = { "Content-Type": "application/json" };
  return (await ask("/gate/enrol/", { method: "POST", headers, body: JSON.stringify(asked) })).said;
}

export class Link {
  /** @param {CryptoKey} key @param {string} device @param {import("./clock.js").Clock} clock */
  constructor(key, device, clock) {
    this.key = key;
    this.device = device;
    this.clock = clock;
  }

  /** @param {string} path @param {Record<string, string>} headers */
  get(path, headers = {}) {
    return this.signed("GET", path, new Uint8Array(), headers);
  }

  /** @param {string} path @param {unknown} value @param {Record<string, string>} headers */
  post(path, value, headers = {}) {
    return this.signed("POST", path, utf8(JSON.stringify(value)), { "Content-Type": "application/json", ...headers });
  }

  /** @param {string} path @param {Blob} file */
  async send(path, file) {
    return this.signed("POST", path, new Uint8Array(await file.arrayBuffer()), { "Content-Type": file.type || "image/jpeg" });
  }

  /** Once more where the node says that our clock is wrong, by the node's. @returns {Promise<Answer>} */
  async signed(method, path, body, headers, again = true) {
    const header = await authorization(this.key, this.device, method, path, this.clock.nodeMs(), body);
    const request = { method, headers: { ...headers, Authorization: header }, ...(method === "GET" ? {} : { body }) };
    try {
      return await ask(path, request);
    } catch (error) {
      if (!(again && error instanceof Refusal && error.code === "clock")) throw error;
      this.clock.learn(error.said.server_time);
      return this.signed(method, path, body, headers, false);
    }
  }
}
