// A scan becomes a colour and a reason: fastchannel.casework.gate in the browser. tests/vectors/gate.json holds both to the same.

import { canonicalHolder, verifyPass } from "../pass.js";
import { fromBase64, toBase64url, utf8 } from "./bytes.js";
import { PREFIX as CERTIFICATE, verifyDcc } from "./dcc.js";
import { instant } from "./instants.js";
import { MrzError, readMrz } from "./mrz.js";
import { PASS_ID_DIGITS, Revocations } from "./revocations.js";
import { SKEW_MS, TrustStore } from "./trust.js";

/**
 * Instants are milliseconds since 1970, but in trust and revocation lists (docs/reference/checkpoint-bundle.md).
 * @typedef {{ref: string, doc: string, name: string, gate: string, due: number, spans: [number, number, string, string][],
 *   passes?: string[]}} Expected
 * @typedef {{kind: string, agents: string[], assay?: string, finding?: string, laboratories?: string[],
 *   least_hours?: ?number, most_hours?: ?number}} Accept
 * @typedef {{version: number, party: string, place: string, gates: string[], made_at: number, valid_until: number, key: string,
 *   trust: import("./trust.js").TrustList[], revoked?: import("./revocations.js").RevokedOf[],
 *   revocations?: import("./revocations.js").Spread[], digests?: string[], rules?: {accepts: Accept[]}[], expected?: Expected[]}} Bundle
 *
 * What was presented: a code or a passport's zone as text, perhaps with the zone that belongs to it; a passport typed in; or a
 * traveller picked from the list.
 * @typedef {{text: string, zone?: string} | {number: string, birth: string} | {pick: string}} Scan
 *
 * @typedef {{verdict: "green"|"amber"|"red", reason: string, until: ?number, ref: string, name: string,
 *   pass?: {issuer: string, id: string}, journey?: string, document?: string, code?: string}} Verdict
 */

export const LAYOUT = 1;
const PASS = "FC1:";
const HOUR_MS = 3_600_000;
const UNKNOWN_BIRTH = "<<<<<<";
const MOST_LABORATORY = 128;
const ZONE = /^[A-Z0-9< \t]{25,}(?:[\r\n]+[A-Z0-9< \t]{25,})*$/i; // no prefix of a code fits: it has a colon
const REFUSALS = {
  malformed: ["amber", "unreadable"],
  unsupported: ["amber", "unreadable"],
  "signature-wrong": ["red", "not-genuine"],
  "key-unknown": ["amber", "not-genuine"],
  "key-not-valid": ["red", "not-genuine"],
  "key-use": ["red", "not-genuine"],
  "test-domain": ["red", "not-genuine"],
  "trust-list-missing": ["amber", "ask-officer"],
  "trust-list-stale": ["amber", "offline-too-long"],
  "revocation-stale": ["amber", "offline-too-long"],
  revoked: ["red", "not-valid-now"],
  expired: ["amber", "not-valid-now"],
  "not-yet-valid": ["amber", "not-valid-now"],
};
// LOINC and SNOMED CT codes as the EU's value sets have them.
const ASSAYS = { "LP6464-4": "naat", "LP217198-3": "antigen" };
const FINDINGS = { 260415000: "not detected", 260373001: "detected" };

/** A bundle ready for scans: lists are parsed once. */
export class Gate {
  /** @param {Bundle} bundle */
  constructor(bundle) {
    this.bundle = bundle;
    this.trust = new TrustStore(bundle.trust);
    this.revocations = new Revocations(bundle.revoked ?? [], bundle.revocations ?? []);
    this.expected = bundle.expected ?? [];
    this.gates = new Set(bundle.gates);
    this.digests = new Set(bundle.digests ?? []);
    this.hmac = null;
  }

  /**
   * What the gate says. `admitted` are the refs of those whom this device let through.
   * @param {Scan} scan @param {number} atMs @param {Set<string>} admitted @returns {Promise<Verdict>}
   */
  async judge(scan, atMs, admitted) {
    const read = await this.read(scan, atMs);
    const { pass, document } = read;
    const named = pass ? { pass: { issuer: pass.issuer, id: pass.id }, journey: pass.journey } : {};
    return { ...this.evaluate(read, atMs, admitted), ...named, ...(document ? { document } : {}) };
  }

  evaluate(read, atMs, admitted) {
    const { made_at: made, valid_until: until } = this.bundle;
    if (!(made - SKEW_MS <= atMs && atMs <= until)) return verdict("amber", "offline-too-long");
    if (read.refused) return { ...verdict(...(REFUSALS[read.refused] ?? REFUSALS.malformed)), code: read.refused };
    if (read.pass) return this.ofPass(read, atMs, admitted);
    if (read.certificate) return this.ofCertificate(read.certificate, atMs);
    return this.ofTraveller(
      this.expected.filter((one) => (read.pick ? one.ref === read.pick : read.documents.includes(one.doc))),
      atMs,
      admitted,
    );
  }

  async read(scan, atMs) {
    if ("pick" in scan) return { pick: scan.pick || "-", document: this.expected.find((one) => one.ref === scan.pick)?.doc };
    if ("number" in scan) return this.ofDocument(scan);
    const text = scan.text.replace(/^[\r\n]+|[\r\n]+$/g, "");
    if (ZONE.test(text)) return this.ofZone(text, atMs);
    if (text.startsWith(PASS)) return this.readPass(text, scan.zone ?? "", atMs);
    const stripped = text.replace(/^[\r\n\t\ufeff\0]+|[\r\n\t\ufeff\0]+$/g, "");
    const found = stripped.startsWith(CERTIFICATE)
      ? await verifyDcc(stripped, this.trust, atMs, this.revocations)
      : { ok: false, code: "unsupported" };
    return found.ok ? { certificate: found.certificate } : { refused: found.code };
  }

  async readPass(text, zone, atMs) {
    const refuses = (named) => this.revocations.refuses(named, atMs);
    const found = await verifyPass(text, this.bundle.trust, atMs, { refuses });
    if (!found.ok) return { refused: found.code };
    if (!zone) return { pass: found.claims };
    const read = zoneOf(zone, atMs);
    if (!read) return { refused: "malformed" };
    const holder = { document: read.number, state: read.state, birth: born(read) };
    const held = (await verifyPass(text, this.bundle.trust, atMs, { refuses, holder })).ok;
    const [document] = await this.keysOf(read.number, born(read));
    return { pass: found.claims, other: !held, document };
  }

  async ofZone(text, atMs) {
    const read = zoneOf(text, atMs);
    return read ? this.ofDocument({ number: read.number, birth: born(read) }) : { refused: "malformed" };
  }

  async ofDocument({ number, birth }) {
    const documents = await this.keysOf(number, birth);
    return { documents, document: documents[0] };
  }

  /** A passport's keys in the bundle; one whose application names no date of birth is found by the number alone. */
  async keysOf(number, birth) {
    try {
      const births = [...new Set([birth || UNKNOWN_BIRTH, UNKNOWN_BIRTH])];
      const found = [];
      for (const one of births) found.push(await this.documentKey(number, one));
      return found;
    } catch (error) {
      if (error.code === "holder") return []; // no passport has such a number
      throw error;
    }
  }

  async documentKey(number, birth) {
    const known = birth !== UNKNOWN_BIRTH;
    const lines = canonicalHolder({ document: number, state: "X", birth: known ? birth : "000000" }).split("\n");
    this.hmac ??= crypto.subtle.importKey("raw", fromBase64(this.bundle.key), { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
    ]);
    const signed = await crypto.subtle.sign(
      "HMAC",
      await this.hmac,
      utf8(`FC1 gate\n${lines[1]}\n${known ? lines[3] : UNKNOWN_BIRTH}`),
    );
    return toBase64url(new Uint8Array(signed).slice(0, 16));
  }

  ofPass({ pass, other }, atMs, admitted) {
    if (other) return verdict("red", "elsewhere");
    if (!this.digests.has(pass.digest)) return verdict("amber", "elsewhere");
    const short = pass.id.slice(0, PASS_ID_DIGITS);
    const named = this.expected.filter((one) => (one.passes ?? []).includes(short) || one.ref === pass.journey);
    const here = named.filter((one) => pass.gates.includes(one.gate));
    if ((named.length && !here.length) || !pass.gates.some((one) => this.gates.has(one))) return verdict("amber", "elsewhere");
    let seen = this.ofTraveller(here, atMs, admitted);
    const newer = pass.issued * 1000 > this.bundle.made_at;
    if (seen.verdict === "amber" && newer && ["incomplete", "ask-officer"].includes(seen.reason)) {
      // Its issuer decided anew after the bundle was made, by what has been recorded meanwhile.
      seen = before({ ...verdict("green", "clear"), until: this.bundle.valid_until, ref: seen.ref, name: seen.name }, admitted);
    }
    if (seen.verdict !== "green" || seen.until === null) return seen;
    return { ...seen, until: Math.min(seen.until, pass.expires * 1000 + 1000) }; // a pass holds through its last second
  }

  /** Of several journeys of one traveller, the one whose departure is nearest. */
  ofTraveller(found, atMs, admitted) {
    if (!found.length) return verdict("amber", "not-expected");
    const away = (one) => Math.abs(one.due - atMs);
    const [{ spans, ref, name }] = [...found].sort((one, other) => away(one) - away(other) || (one.ref < other.ref ? -1 : 1));
    const span = spanAt(spans, atMs);
    if (!span) return before({ ...verdict("amber", "ask-officer"), ref, name }, admitted);
    const [, end, colour, reason] = span;
    return before({ ...verdict(colour, reason), until: Math.min(end, this.bundle.valid_until), ref, name }, admitted);
  }

  ofCertificate(certificate, atMs) {
    const accepts = (this.bundle.rules ?? []).flatMap((rule) => rule.accepts);
    if (!accepts.length) return verdict("amber", "elsewhere");
    const good = accepts.some((rule) => accepted(rule, certificate, atMs));
    return good ? verdict("amber", "certificate-good") : verdict("red", "incomplete");
  }
}

function verdict(colour, reason) {
  return { verdict: colour, reason, until: null, ref: "", name: "" };
}

function before(seen, admitted) {
  if (seen.verdict === "red" || !admitted.has(seen.ref)) return seen;
  return { ...verdict("amber", "already-admitted"), ref: seen.ref, name: seen.name };
}

/** A bundle that is made at an instant serves a clock that is a few minutes behind: the first span reaches back. */
function spanAt(spans, atMs) {
  if (spans.length && atMs < spans[0][0]) return spans[0];
  return spans.find(([start, end]) => start <= atMs && atMs < end);
}

function zoneOf(text, atMs) {
  try {
    return readMrz(text, atMs);
  } catch (error) {
    if (error instanceof MrzError) return null;
    throw error;
  }
}

function born(read) {
  return read.birthIso.split("-XX")[0];
}

function accepted(rule, certificate, atMs) {
  const { use, entry, issued, issuer, country, key } = certificate;
  if (use !== rule.kind || !rule.agents.includes(entry.tg)) return false;
  if (use !== "test") return issued !== null && inWindow(rule, issued, atMs);
  const laboratory = (entry.tc || issuer || country || key).slice(0, MOST_LABORATORY);
  const sampled = instant(entry.sc);
  return (
    (ASSAYS[entry.tt] ?? entry.tt) === rule.assay &&
    (FINDINGS[entry.tr] ?? entry.tr) === rule.finding &&
    (!rule.laboratories?.length || rule.laboratories.includes(laboratory)) &&
    sampled !== null &&
    inWindow(rule, sampled, atMs)
  );
}

/** Both ends belong to it. An issuer's clock may run ahead of ours by SKEW_MS. */
function inWindow({ least_hours: least, most_hours: most }, whenMs, atMs) {
  const age = atMs - whenMs;
  if (age < -SKEW_MS) return false;
  return (most === null || most === undefined || age <= most * HOUR_MS) && (!least || age >= least * HOUR_MS);
}
