// What was revoked, as a bundle carries it: fastchannel.certificates.trust.spread, and the passes that parties revoked.

import { fromBase64, join, sha256, utf8 } from "./bytes.js";
import { SKEW_MS } from "./trust.js";

/**
 * @typedef {{issuer: string, ids: string[]}} RevokedOf
 * @typedef {{party: string, issued: string, max_age_hours: number, salt: string, entries: number, bits: number,
 *   countries?: string[], numbers?: ?string}} Spread
 */

export const PASS_ID_DIGITS = 16;
const HOUR_MS = 3_600_000;
const NUMBER_BYTES = 8;
const HASH_BITS = 128n;

export class Revocations {
  /** @param {RevokedOf[]} passes @param {Spread[]} lists */
  constructor(passes, lists) {
    this.passes = passes.map(({ issuer, ids }) => ({ issuer, ids: new Set(ids) }));
    this.lists = lists.map((one) => ({ ...one, held: one.numbers ? numbersOf(fromBase64(one.numbers)) : [] }));
  }

  /**
   * The code with which the first list refuses a certificate; "" where none does.
   * @param {{country: string, kid: Uint8Array, identifier: string}} named @param {number} atMs @returns {Promise<string>}
   */
  async refuses(named, atMs) {
    const short = named.identifier.slice(0, PASS_ID_DIGITS);
    if (this.passes.some((one) => one.issuer === named.country && one.ids.has(short))) return "revoked";
    for (const list of this.lists) {
      const code = await refusedBy(list, named, atMs);
      if (code) return code;
    }
    return "";
  }
}

async function refusedBy(list, { country, kid, identifier }, atMs) {
  if (list.countries?.length && !list.countries.includes(country)) return "";
  const issued = Date.parse(list.issued);
  const usable = issued - SKEW_MS <= atMs && atMs <= issued + list.max_age_hours * HOUR_MS;
  if (!usable || list.numbers === null || list.numbers === undefined) return "revocation-stale";
  if (!identifier || !list.entries) return "";
  const hashed = (await identityHash(fromBase64(list.salt), utf8(country), kid, utf8(identifier))).slice(0, 16);
  const whole = hashed.reduce((sum, one) => (sum << 8n) | BigInt(one), 0n);
  return holds(list.held, (whole * (BigInt(list.entries) << BigInt(list.bits))) >> HASH_BITS) ? "revoked" : "";
}

/** Of parts that cannot run into each other: each with its length before it. */
function identityHash(...parts) {
  const sized = parts.flatMap((part) => [
    [part.length >>> 24, (part.length >> 16) & 0xff, (part.length >> 8) & 0xff, part.length & 0xff],
    part,
  ]);
  return sha256(join(...sized));
}

function numbersOf(raw) {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return BigUint64Array.from({ length: Math.floor(raw.length / NUMBER_BYTES) }, (_, index) =>
    view.getBigUint64(index * NUMBER_BYTES),
  );
}

function holds(sorted, wanted) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
}
