// A trust list ready for look-up: fastchannel.certificates.trust.store in the browser. Keys are parsed when first used.

import { fromBase64, hex } from "./bytes.js";
import { signedBy } from "./cose.js";
import { Refused } from "./refused.js";

/**
 * As the node exports it: bytes are base64, instants ISO 8601.
 * @typedef {{kid: string, spki: string, country?: string, issuer?: string, uses?: string[], not_before?: ?string,
 *   not_after?: ?string}} TrustedKey
 * @typedef {{party: string, issued: string, max_age_hours?: number, domain?: string, keys: TrustedKey[]}} TrustList
 */

export const SKEW_MS = 5 * 60_000; // an issuer's clock may run ahead of ours by so much
const HOUR_MS = 3_600_000;
const [LEAST_RSA_BITS, MOST_RSA_BITS] = [2048, 8192];
// The policy: which keys may sign a certificate, and the one algorithm that each is pinned to.
const KINDS = [
  ["ES256", { name: "ECDSA", namedCurve: "P-256" }],
  ["ES384", { name: "ECDSA", namedCurve: "P-384" }],
  ["PS256", { name: "RSA-PSS", hash: "SHA-256" }],
  ["EdDSA", { name: "Ed25519" }],
];

export class TrustStore {
  /** @param {TrustList[]} lists */
  constructor(lists) {
    this.lists = lists;
    /** @type {Map<string, {list: TrustList, key: TrustedKey}[]>} */
    this.byKid = new Map();
    this.verifiers = new Map();
    for (const list of lists) {
      for (const key of list.keys) {
        const kid = hex(fromBase64(key.kid));
        this.byKid.set(kid, [...(this.byKid.get(kid) ?? []), { list, key }]);
      }
    }
  }

  /**
   * The key that made the signature, from a list that may be used at that instant. Throws Refused.
   * @param {import("./cose.js").Sign1} sealed @param {number} atMs @returns {Promise<TrustedKey>}
   */
  async signer(sealed, atMs) {
    if (!this.lists.length) throw new Refused("trust-list-missing");
    const candidates = this.byKid.get(hex(sealed.kid)) ?? [];
    const usable = candidates.filter(({ list }) => fresh(list, atMs)).map(({ key }) => key);
    let weak = false;
    for (const key of usable) {
      const verifier = await this.verifier(key);
      if (!verifier)
        weak = true; // it vouches for nothing
      else if (await signedBy(sealed, verifier)) return key;
    }
    if (weak) throw new Refused("key-use", "weak-key");
    if (usable.length) throw new Refused("signature-wrong");
    const old = candidates.length || this.lists.every((one) => !fresh(one, atMs));
    throw new Refused(old ? "trust-list-stale" : "key-unknown");
  }

  async verifier(key) {
    if (!this.verifiers.has(key.spki)) this.verifiers.set(key.spki, await imported(fromBase64(key.spki)));
    return this.verifiers.get(key.spki);
  }
}

/** @param {TrustList} list @param {number} atMs */
export function fresh(list, atMs) {
  const issued = Date.parse(list.issued);
  return issued - SKEW_MS <= atMs && atMs <= issued + (list.max_age_hours ?? 72) * HOUR_MS;
}

async function imported(spki) {
  for (const [algorithm, parameters] of KINDS) {
    try {
      const key = await crypto.subtle.importKey("spki", spki, parameters, false, ["verify"]);
      const bits = key.algorithm.modulusLength;
      return bits === undefined || (LEAST_RSA_BITS <= bits && bits <= MOST_RSA_BITS) ? { key, algorithm } : null;
    } catch {
      // a key of another kind
    }
  }
  return null;
}
