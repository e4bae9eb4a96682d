// Checks a pass in the browser, without a network: the same answers as fastchannel.certificates.passes.checking.
// tests/vectors/pass.json holds both to it. No dependencies: WebCrypto and DecompressionStream are the platform's.

/**
 * A trust list as the node exports it: bytes are base64, instants ISO 8601.
 * @typedef {{kid: string, spki: string, country?: string, uses?: string[], not_before?: ?string, not_after?: ?string}} TrustedKey
 * @typedef {{party: string, issued: string, max_age_hours?: number, keys: TrustedKey[]}} TrustList
 *
 * A passport, as read by a machine or typed in: `birth` is 1985-03-02, 1985-03, 1985 or 850302.
 * @typedef {{document: string, state: string, birth: string}} Holder
 *
 * What the gate knows; what is left out is not compared. `revoked` holds ids in hexadecimal; `refuses` gives the code with which
 * a list of revocations refuses a pass, or "".
 * @typedef {{country: string, kid: Uint8Array, identifier: string}} Named
 * @typedef {{holder?: Holder, gate?: string, digest?: string, revoked?: Iterable<string>,
 *   refuses?: (one: Named) => Promise<string>}} Asked
 *
 * Instants are seconds since 1970.
 * @typedef {{id: string, issuer: string, agreement: string, route: string, digest: string, journey: string, gates: string[],
 *   verdict: string, issued: number, not_before: number, expires: number, replaces: string, key: string}} Claims
 * @typedef {{ok: boolean, code: string, detail: string, claims: ?Claims}} Outcome
 */

const PREFIX = "FC1:";
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const MOST_CHARACTERS = 2048;
const MOST_BYTES = 4096;
const MOST_DEPTH = 6;
const SKEW_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
const MOST_LIFETIME_S = 14 * 86_400;
const LAST_S = 253_402_300_799; // 9999-12-31T23:59:59Z
const [ISSUER, EXPIRES, NOT_BEFORE, ISSUED, IDENTIFIER, PASS] = [1, 4, 5, 6, 7, -65_537];
const [VERSION, AGREEMENT, ROUTE, DIGEST, JOURNEY, SALT, HOLDER, GATES, VERDICT, REPLACES] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
const WORD = /^[a-z][a-z-]{0,31}$/;
const PARTY = /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/;

class Refused extends Error {
  /** @param {string} code @param {string} detail @param {?Claims} claims */
  constructor(code, detail = "", claims = null) {
    super(code);
    Object.assign(this, { code, detail, claims });
  }
}

/**
 * Whatever the text is, it throws nothing of its own; a holder who is no passport's data gives the code "holder".
 * @param {string} text
 * @param {?TrustList|TrustList[]} trust one list, or those of several parties
 * @param {number} atMs milliseconds since 1970
 * @param {Asked} asked
 * @returns {Promise<Outcome>}
 */
export async function verifyPass(text, trust, atMs, asked = {}) {
  try {
    const opened = await open(text);
    const signers = await signersOf(opened, trust ? [trust].flat() : [], atMs);
    const [key] = signers;
    const claims = read(opened.payload, hex(opened.kid));
    inTime(claims, key, atMs);
    if (new Set(asked.revoked ?? []).has(claims.id)) throw new Refused("revoked");
    const named = { country: key.country || claims.issuer, kid: opened.kid, identifier: claims.id };
    const refused = asked.refuses ? await asked.refuses(named) : "";
    if (refused) throw new Refused(refused);
    if (!signers.some((one) => (one.uses ?? []).includes("pass"))) throw new Refused("key-use", "use");
    if (key.country && key.country !== claims.issuer) throw new Refused("key-use", "issuer");
    await asAsked(claims, opened.payload.get(PASS), asked);
    return { ok: true, code: "", detail: "", claims };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, code: error.code, detail: error.detail, claims: error.claims };
  }
}

/** The 16 bytes that bind a pass to a passport. @param {Holder} holder @param {Uint8Array} salt @returns {Promise<Uint8Array>} */
export async function holderHash(holder, salt) {
  const text = new TextEncoder().encode(canonicalHolder(holder));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", join(salt, text))).slice(0, 16);
}

// ---- envelope -------------------------------------------------------------------------------------------------------------

async function open(text) {
  text = text.replace(/[\r\n]+$/, "");
  if ([...text].length > MOST_CHARACTERS) throw new Refused("malformed", "too-long");
  if (!text.startsWith(PREFIX)) throw new Refused("unsupported", "format");
  let raw = base45(text.slice(PREFIX.length));
  if (raw[0] === 0x78) raw = await inflate(raw);
  let body = raw;
  if (body[0] === 0xd8 && body[1] === 0x3d) body = body.subarray(2);
  if (body[0] === 0xd2) body = body.subarray(1);
  const item = decode(body);
  if (!Array.isArray(item) || item.length !== 4) throw new Refused("malformed", "cose");
  const [protectedRaw, unprotected, payloadRaw, signature] = item;
  if (![protectedRaw, payloadRaw, signature].every((one) => one instanceof Uint8Array)) throw new Refused("malformed", "cose");
  if (!(unprotected instanceof Map)) throw new Refused("malformed", "cose");
  const header = protectedRaw.length ? decode(protectedRaw) : new Map();
  if (!(header instanceof Map)) throw new Refused("malformed", "cose");
  if (header.has(2)) throw new Refused("unsupported"); // critical headers: we know none
  if ((header.get(1) ?? unprotected.get(1)) !== -7) throw new Refused("unsupported", "algorithm");
  const kid = header.get(4);
  if (kid !== undefined && kid !== null && !(kid instanceof Uint8Array && kid.length <= 64)) throw new Refused("malformed", "cose");
  // The envelope is byte for byte as passes are sealed: no header besides ours, and nothing that the signature does not cover.
  if (!kid || kid.length < 1 || kid.length > 16 || signature.length !== 64) throw new Refused("malformed", "canonical");
  const ours = join([0xa2, 0x01, 0x26, 0x04], bytes(kid));
  if (!same(raw, join([0xd2, 0x84], bytes(ours), [0xa0], bytes(payloadRaw), bytes(signature)))) {
    throw new Refused("malformed", "canonical");
  }
  const payload = decode(payloadRaw, true);
  if (!(payload instanceof Map)) throw new Refused("malformed", "cwt");
  const context = join([0x84, 0x6a], new TextEncoder().encode("Signature1"));
  return { kid, signature, payload, message: join(context, bytes(ours), [0x40], bytes(payloadRaw)) };
}

function base45(text) {
  const found = [];
  for (let at = 0; at < text.length; at += 3) {
    const values = [...text.slice(at, at + 3)].map((one) => ALPHABET.indexOf(one));
    if (values.length === 1 || values.includes(-1)) throw new Refused("malformed", "base45");
    const number = values[0] + 45 * values[1] + 2025 * (values[2] ?? 0);
    if (number > (values.length === 3 ? 0xffff : 0xff)) throw new Refused("malformed", "base45");
    if (values.length === 3) found.push(number >> 8);
    found.push(number & 0xff);
  }
  return Uint8Array.from(found);
}

async function inflate(data) {
  const chunks = [];
  let size = 0;
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > MOST_BYTES) break;
      chunks.push(value);
    }
  } catch {
    throw new Refused("malformed", "inflate");
  }
  if (size > MOST_BYTES) {
    reader.cancel().catch(() => {});
    throw new Refused("malformed", "too-large");
  }
  const found = join(...chunks);
  // Not every engine says when a stream is cut off or followed by more: its last four bytes are the checksum of what it holds.
  const tail = data.subarray(data.length - 4);
  if (!same(tail, adler32(found))) throw new Refused("malformed", "inflate");
  return found;
}

function adler32(data) {
  let [a, b] = [1, 0];
  for (const one of data) {
    a = (a + one) % 65_521;
    b = (b + a) % 65_521;
  }
  return Uint8Array.of(b >> 8, b & 0xff, a >> 8, a & 0xff);
}

// ---- CBOR: definite lengths, whole numbers that a browser holds, no duplicates, no tags ---------------------------------------

/** @param {Uint8Array} raw @param {boolean} canonical whether another order or length of the same value is refused too */
function decode(raw, canonical = false) {
  const source = { raw, at: 0, canonical };
  const found = item(source, MOST_DEPTH);
  if (source.at !== raw.length) throw new Refused("malformed", "cbor");
  return found;
}

function item(source, depth) {
  if (depth === 0) throw new Refused("malformed", "plain");
  const first = take(source, 1)[0];
  const [major, info] = [first >> 5, first & 31];
  if (major === 7) {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22) return null;
    throw new Refused("malformed", "plain");
  }
  if (major === 6) throw new Refused("malformed", "plain");
  const size = argument(source, info);
  switch (major) {
    case 0:
      return size;
    case 1:
      if (-1 - size < -Number.MAX_SAFE_INTEGER) throw new Refused("malformed", "plain");
      return -1 - size;
    case 2:
      return take(source, size).slice();
    case 3:
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(take(source, size));
      } catch (error) {
        throw error instanceof Refused ? error : new Refused("malformed", "cbor");
      }
    case 4:
      if (size > source.raw.length - source.at) throw new Refused("malformed", "cbor");
      return Array.from({ length: size }, () => item(source, depth - 1));
    default:
      return map(source, size, depth);
  }
}

function map(source, size, depth) {
  const found = new Map();
  let before = null;
  for (let count = 0; count < size; count++) {
    const start = source.at;
    const key = item(source, depth - 1);
    if (typeof key !== "number" && typeof key !== "string") throw new Refused("malformed", "plain");
    if (found.has(key)) throw new Refused("malformed", "cbor");
    const written = source.raw.subarray(start, source.at);
    if (source.canonical && before && !precedes(before, written)) throw new Refused("malformed", "canonical");
    before = written;
    found.set(key, item(source, depth - 1));
  }
  return found;
}

function argument(source, info) {
  if (info < 24) return info;
  if (info > 27) throw new Refused("malformed", info === 31 ? "canonical" : "cbor");
  const size = 1 << (info - 24);
  const number = take(source, size).reduce((sum, one) => sum * 256 + one, 0);
  if (number > Number.MAX_SAFE_INTEGER) throw new Refused("malformed", "plain");
  const least = [24, 0x100, 0x1_0000, 0x1_0000_0000][info - 24];
  if (source.canonical && number < least) throw new Refused("malformed", "canonical");
  return number;
}

function take(source, size) {
  if (size > source.raw.length - source.at) throw new Refused("malformed", "cbor");
  source.at += size;
  return source.raw.subarray(source.at - size, source.at);
}

function precedes(one, other) {
  if (one.length !== other.length) return one.length < other.length;
  const at = one.findIndex((value, index) => value !== other[index]);
  return at >= 0 && one[at] < other[at];
}

// ---- trust, times, claims -------------------------------------------------------------------------------------------------

/** The keys that made the signature, in the order of their lists: one key may stand in several, for different uses. */
async function signersOf(opened, lists, atMs) {
  if (!lists.length) throw new Refused("trust-list-missing");
  const named = lists.flatMap((list) => list.keys.filter((one) => same(base64(one.kid), opened.kid)).map((key) => ({ list, key })));
  const usable = named.filter(({ list }) => fresh(list, atMs));
  if (!usable.length) {
    const old = named.length > 0 || lists.every((one) => !fresh(one, atMs));
    throw new Refused(old ? "trust-list-stale" : "key-unknown");
  }
  const found = [];
  for (const { key } of usable) if (await signs(key, opened)) found.push(key);
  if (!found.length) throw new Refused("signature-wrong");
  return found;
}

function fresh(list, atMs) {
  const issued = Date.parse(list.issued);
  return issued - SKEW_MS <= atMs && atMs <= issued + (list.max_age_hours ?? 72) * HOUR_MS;
}

async function signs(one, opened) {
  try {
    const key = await crypto.subtle.importKey("spki", base64(one.spki), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, opened.signature, opened.message);
  } catch {
    return false; // a key of another kind vouches for no pass
  }
}

function inTime(claims, key, atMs) {
  if (atMs > claims.expires * 1000) throw new Refused("expired");
  if (claims.not_before * 1000 > atMs + SKEW_MS) throw new Refused("not-yet-valid");
  const signed = claims.issued * 1000;
  if (key.not_before && !(signed >= Date.parse(key.not_before) - SKEW_MS)) throw new Refused("key-not-valid");
  if (key.not_after && !(signed <= Date.parse(key.not_after))) throw new Refused("key-not-valid");
}

function read(payload, key) {
  const body = payload.get(PASS);
  if (!(body instanceof Map) || typeof body.get(VERSION) !== "number") throw new Refused("malformed", "pass");
  if (body.get(VERSION) !== 1) throw new Refused("unsupported", "layout");
  const [issued, starts, expires] = [ISSUED, NOT_BEFORE, EXPIRES].map((one) => seconds(payload.get(one)));
  if (starts >= expires || issued >= expires || expires - starts > MOST_LIFETIME_S) throw new Refused("malformed", "times");
  if (!["proceed", "released"].includes(body.get(VERDICT))) throw new Refused("malformed", "pass");
  const gates = body.get(GATES);
  if (!Array.isArray(gates) || gates.length < 1 || gates.length > 4) throw new Refused("malformed", "pass");
  gates.forEach((one) => matching(one, WORD));
  if (new Set(gates).size !== gates.length) throw new Refused("malformed", "pass");
  sized(body.get(SALT), 16);
  sized(body.get(HOLDER), 16);
  const replaces = body.get(REPLACES) ?? null;
  return {
    id: hex(sized(payload.get(IDENTIFIER), 16)),
    issuer: matching(payload.get(ISSUER), PARTY),
    agreement: matching(body.get(AGREEMENT), NAME),
    route: matching(body.get(ROUTE), NAME),
    digest: `sha256:${hex(sized(body.get(DIGEST), 32))}`,
    journey: matching(body.get(JOURNEY), NAME),
    gates,
    verdict: body.get(VERDICT),
    issued,
    not_before: starts,
    expires,
    replaces: replaces === null ? "" : hex(sized(replaces, 16)),
    key,
  };
}

function seconds(value) {
  if (typeof value !== "number" || value < 0 || value > LAST_S) throw new Refused("malformed", "cwt");
  return value;
}

function matching(value, form) {
  if (typeof value !== "string" || !form.test(value)) throw new Refused("malformed", "pass");
  return value;
}

function sized(value, size) {
  if (!(value instanceof Uint8Array) || value.length !== size) throw new Refused("malformed", "pass");
  return value;
}

async function asAsked(claims, body, { digest, gate, holder }) {
  const code = "not-for-this";
  if (digest != null && digest !== claims.digest) throw new Refused(code, "agreement", claims);
  if (gate != null && !claims.gates.includes(gate)) throw new Refused(code, "gate", claims);
  if (holder != null && !same(await holderHash(holder, body.get(SALT)), body.get(HOLDER))) throw new Refused(code, "person", claims);
}

/** Mirrors passes/holder.py, which says why. Throws an error whose code is "holder". @param {Holder} holder @returns {string} */
export function canonicalHolder({ document, state, birth }) {
  const number = document.toUpperCase().replace(/[\s<-]/g, "");
  let issuer = state.toUpperCase().trim().replace(/<+$/, "");
  const day = birth.trim();
  if (!/^[A-Z0-9]{1,20}$/.test(number) || !/^[A-Z]{1,3}$/.test(issuer)) throw new Refused("holder");
  if (issuer === "DEU") issuer = "D";
  const zone = /^[0-9]{2}(?:[0-9]{2}|<<)(?:[0-9]{2}|<<)$/.test(day);
  const iso = /^[0-9]{2}([0-9]{2})(?:-([0-9]{2}))?(?:-([0-9]{2}))?$/.exec(day);
  if (!zone && !iso) throw new Refused("holder");
  const date = zone ? day : iso.slice(1).map((part) => part ?? "<<").join("");
  return ["FC1 holder", number, issuer, date].join("\n");
}

// ---- bytes ----------------------------------------------------------------------------------------------------------------

function bytes(raw) {
  const size = raw.length;
  const head = size < 24 ? [0x40 | size] : size < 0x100 ? [0x58, size] : [0x59, size >> 8, size & 0xff];
  return join(head, raw);
}

function join(...parts) {
  const found = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    found.set(one, at);
    at += one.length;
  }
  return found;
}

function same(one, other) {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

function hex(raw) {
  return [...raw].map((one) => one.toString(16).padStart(2, "0")).join("");
}

function base64(text) {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}
