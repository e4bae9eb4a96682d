// The EU Digital COVID Certificate, schema 1.0 to 1.3: fastchannel.certificates.formats.hcert and dcc in the browser.
// Other certificates behind HC1: are told apart and left to the node, which reads them.

import { base45 } from "./base45.js";
import { hex } from "./bytes.js";
import { decode, Float, Tagged } from "./cbor.js";
import { openSign1 } from "./cose.js";
import { inflate } from "./inflate.js";
import { malformed, Refused } from "./refused.js";
import { SKEW_MS } from "./trust.js";

/**
 * `use` is what the key must be allowed to sign. Instants are milliseconds since 1970; `entry` holds the texts as certified;
 * `issuer` is the name certified, or the key's, or "".
 * @typedef {{family: string, given: string, familyMrz: string, givenMrz: string, birth: string}} Person
 * @typedef {{person: Person, use: "vaccination"|"test"|"recovery", entry: Record<string, string>, identifier: string,
 *   country: string, issuer: string, key: string, issued: ?number, expires: ?number}} Certificate
 * @typedef {{ok: boolean, code: string, detail: string, certificate: ?Certificate}} Judged
 */

export const PREFIX = "HC1:";
const [ISSUER, EXPIRES, NOT_BEFORE, ISSUED, HEALTH] = [1, 4, 5, 6, -260];
const LAST_S = 253_402_300_799; // 9999-12-31T23:59:59Z
const MOST_TEXT = 512;
const MOST_ISSUER = 200;
const MOST_EVENTS = 64;
const DAY = /^\d{4}-\d\d-\d\d/;
const PARTIAL = /^(?:(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?)?$/;
const EVENTS = [
  ["v", "vaccination", ["tg", "mp", "vp", "ma", "co", "dt"], ["dn", "sd"]],
  ["t", "test", ["tg", "tt", "tr", "sc", "dr", "nm", "ma", "tc", "co"], []],
  ["r", "recovery", ["tg", "fr", "df", "du", "co"], []],
];

/**
 * Verifies one certificate's text: signature first, then what it says. Whatever the text is, it throws nothing of its own.
 * @param {string} text @param {import("./trust.js").TrustStore} trust @param {number} atMs
 * @param {?import("./revocations.js").Revocations} revocations @returns {Promise<Judged>}
 */
export async function verifyDcc(text, trust, atMs, revocations = null) {
  try {
    const { sealed, claims, times } = await open(text);
    const key = await trust.signer(sealed, atMs);
    const certificate = read(claims, times, key, hex(sealed.kid));
    inTime(times, key, atMs);
    if ((key.uses ?? []).length && !key.uses.includes(certificate.use)) throw new Refused("key-use");
    const named = { country: certificate.country, kid: sealed.kid, identifier: certificate.identifier };
    const refused = revocations ? await revocations.refuses(named, atMs) : "";
    if (refused) throw new Refused(refused);
    return { ok: true, code: "", detail: "", certificate };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, code: error.code, detail: error.detail, certificate: null };
  }
}

async function open(text) {
  text = text.replace(/[\r\n]+$/, "");
  if (!text.startsWith(PREFIX)) throw new Refused("unsupported", "format");
  let raw = base45(text.slice(PREFIX.length));
  if (raw[0] === 0x78) raw = await inflate(raw);
  const sealed = openSign1(raw);
  const claims = decode(sealed.payload);
  if (!(claims instanceof Map)) throw malformed("cwt");
  const container = claims.get(HEALTH);
  if (container === undefined || container === null) {
    const core = claims.has("name") && (claims.has("vaccine") || claims.has("test")); // WHO's first form, which the node reads
    throw core ? new Refused("unsupported", "hcert") : malformed("hcert");
  }
  if (!(container instanceof Map) || container.size !== 1) throw malformed("hcert");
  if (!container.has(1)) throw new Refused("unsupported", "hcert");
  if (![undefined, null].includes(claims.get(ISSUER)) && typeof claims.get(ISSUER) !== "string") throw malformed("cwt");
  const [issued, starts, expires] = [ISSUED, NOT_BEFORE, EXPIRES].map((one) => moment(claims.get(one)));
  return { sealed, claims, times: { issued, starts, expires } };
}

/** A NumericDate in milliseconds; null where the claim is absent. */
function moment(value) {
  if (value === undefined || value === null) return null;
  let seconds = value instanceof Float ? value.value : value;
  if (value instanceof Tagged && value.tag === 0 && typeof value.value === "string") seconds = Date.parse(value.value) / 1000;
  if (value instanceof Tagged && value.tag === 1) seconds = value.value instanceof Float ? value.value.value : value.value;
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= LAST_S)) throw malformed("cwt");
  return seconds * 1000;
}

function inTime({ issued, starts, expires }, key, atMs) {
  if (expires !== null && atMs > expires) throw new Refused("expired");
  const from = starts || issued;
  if (from !== null && from > atMs + SKEW_MS) throw new Refused("not-yet-valid");
  const signed = issued ?? atMs;
  if (key.not_before && signed < Date.parse(key.not_before) - SKEW_MS) throw new Refused("key-not-valid");
  if (key.not_after && signed > Date.parse(key.not_after)) throw new Refused("key-not-valid");
}

function read(claims, times, key, kid) {
  const body = claims.get(HEALTH).get(1);
  if (!(body instanceof Map)) throw malformed("field");
  if (!text(body, "ver").startsWith("1.")) throw new Refused("unsupported", "schema");
  const found = EVENTS.flatMap((kind) => entries(body, kind[0]).map((entry) => [kind, entry]));
  if (found.length !== 1) throw malformed("events");
  const [[, use, texts, counts], entry] = found[0];
  for (const name of counts) count(entry, name);
  const said = Object.fromEntries(texts.map((name) => [name, text(entry, name)]));
  const [identifier, certified, issuer] = ["ci", "co", "is"].map((name) => text(entry, name));
  return {
    person: person(body),
    use,
    entry: said,
    identifier,
    country: key.country || (claims.get(ISSUER) ?? "").slice(0, MOST_ISSUER) || certified,
    issuer: issuer || key.issuer || "",
    key: kid,
    issued: times.issued,
    expires: times.expires,
  };
}

function person(body) {
  const name = body.get("nam");
  if (!(name instanceof Map)) throw malformed("field");
  const [family, given, familyMrz, givenMrz] = ["fn", "gn", "fnt", "gnt"].map((one) => text(name, one));
  const birth = text(body, "dob");
  return { family, given, familyMrz, givenMrz, birth: !PARTIAL.test(birth) && DAY.test(birth) ? birth.slice(0, 10) : birth };
}

function text(source, name) {
  const found = source.get(name);
  if (typeof found === "string") return found.trim().slice(0, MOST_TEXT);
  if (found === undefined || found === null) return "";
  if (found instanceof Tagged && found.tag === 0 && typeof found.value === "string") return found.value;
  throw malformed("field");
}

function count(source, name) {
  const found = source.get(name);
  const number = found instanceof Float && Math.abs(found.value) < 1e6 ? found.value : found;
  if (number !== undefined && number !== null && !Number.isInteger(number)) throw malformed("field");
}

function entries(source, name) {
  const found = source.get(name);
  if (found === undefined || found === null) return [];
  const right = Array.isArray(found) && found.length <= MOST_EVENTS && found.every((one) => one instanceof Map);
  if (!right) throw malformed("field");
  return found;
}
