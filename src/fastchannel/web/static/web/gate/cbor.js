// CBOR (RFC 8949) within bounds: no duplicate keys, no deep nesting, nothing behind the item, no tag that builds objects.
// Mirrors fastchannel.certificates.envelopes.cbor, which says of each tag why.

import { malformed } from "./refused.js";

export const MOST_DEPTH = 16;
const REFUSED_TAGS = new Set([4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43_000]);
const BREAK = Symbol("break");

/** A tagged item that nothing was made of. */
export class Tagged {
  /** @param {number} tag @param {unknown} value */
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

/** A number that was written with a point, so that 2.0 is told from 2. */
export class Float {
  /** @param {number} value */
  constructor(value) {
    this.value = value;
  }
}

/**
 * The one item that the bytes are: numbers, BigInt beyond 2^53, strings, Uint8Array, arrays, Map, true, false, null, undefined,
 * Tagged and Float. Throws Refused.
 * @param {Uint8Array} raw @returns {unknown}
 */
export function decode(raw) {
  const source = { raw, view: new DataView(raw.buffer, raw.byteOffset, raw.byteLength), at: 0 };
  const found = item(source, MOST_DEPTH);
  if (found === BREAK || source.at !== raw.length) throw malformed("cbor");
  return found;
}

function item(source, depth) {
  if (depth < 0) throw malformed("cbor");
  const first = byte(source);
  const [major, info] = [first >> 5, first & 31];
  if (major === 7) return simple(source, info);
  if (info === 31) {
    if (major === 0 || major === 1 || major === 6) throw malformed("cbor");
    return endless(source, major, depth);
  }
  const size = argument(source, info);
  switch (major) {
    case 0:
      return size;
    case 1:
      return typeof size === "bigint" || size === Number.MAX_SAFE_INTEGER ? -1n - BigInt(size) : -1 - size;
    case 2:
      return take(source, size).slice();
    case 3:
      return text(take(source, size));
    case 4:
      return list(source, size, depth);
    case 5:
      return map(source, size, depth);
    default:
      if (REFUSED_TAGS.has(Number(size))) throw malformed("cbor");
      return new Tagged(Number(size), item(source, depth - 1));
  }
}

function list(source, size, depth) {
  if (size > source.raw.length - source.at) throw malformed("cbor"); // each item has a byte at least
  const found = [];
  for (let count = 0; count < size; count++) found.push(value(source, depth - 1));
  return found;
}

function map(source, size, depth) {
  if (size > source.raw.length - source.at) throw malformed("cbor");
  const found = new Map();
  for (let count = 0; count < size; count++) put(found, value(source, depth - 1), source, depth);
  return found;
}

function put(found, key, source, depth) {
  if (key instanceof Float || (typeof key === "object" && key !== null) || found.has(key)) throw malformed("cbor");
  found.set(key, value(source, depth - 1));
}

function value(source, depth) {
  const found = item(source, depth);
  if (found === BREAK) throw malformed("cbor");
  return found;
}

/** What has no length before it, and ends with a break. */
function endless(source, major, depth) {
  const found = major === 5 ? new Map() : [];
  for (;;) {
    const one = item(source, depth - 1);
    if (one === BREAK) break;
    if (major === 5) put(found, one, source, depth);
    else if (major === 4) found.push(one);
    else if (major === 2 ? one instanceof Uint8Array : typeof one === "string") found.push(one);
    else throw malformed("cbor");
  }
  if (major === 3) return found.join("");
  if (major === 2) return Uint8Array.from(found.flatMap((one) => [...one]));
  return found;
}

function simple(source, info) {
  switch (info) {
    case 20:
    case 21:
      return info === 21;
    case 22:
      return null;
    case 23:
      return undefined;
    case 25:
      return new Float(half(view(source, 2).getUint16(0)));
    case 26:
      return new Float(view(source, 4).getFloat32(0));
    case 27:
      return new Float(view(source, 8).getFloat64(0));
    case 31:
      return BREAK;
    default:
      throw malformed("cbor");
  }
}

function half(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : (2 ** -14 * fraction) / 1024);
}

function argument(source, info) {
  if (info < 24) return info;
  if (info === 24) return byte(source);
  if (info === 25) return view(source, 2).getUint16(0);
  if (info === 26) return view(source, 4).getUint32(0);
  if (info !== 27) throw malformed("cbor");
  const found = view(source, 8).getBigUint64(0);
  return found <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(found) : found;
}

function byte(source) {
  return take(source, 1)[0];
}

function view(source, size) {
  const at = source.at;
  take(source, size);
  return new DataView(source.view.buffer, source.view.byteOffset + at, size);
}

function take(source, size) {
  if (size > source.raw.length - source.at) throw malformed("cbor");
  source.at += size;
  return source.raw.subarray(source.at - size, source.at);
}

function text(raw) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw malformed("cbor");
  }
}
