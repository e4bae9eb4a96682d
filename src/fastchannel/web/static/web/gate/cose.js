// COSE_Sign1 of RFC 9052, opened and verified. Mirrors fastchannel.certificates.envelopes.cose.

import { join, utf8 } from "./bytes.js";
import { decode } from "./cbor.js";
import { malformed, Refused } from "./refused.js";

/**
 * An opened COSE_Sign1: nothing of it is verified yet. `message` is the Sig_structure, which is what is signed.
 * @typedef {{algorithm: string, kid: Uint8Array, payload: Uint8Array, signature: Uint8Array, message: Uint8Array}} Sign1
 */

const [ALG, CRITICAL, KID] = [1, 2, 4];
const ALGORITHMS = new Map([
  [-7, "ES256"],
  [-35, "ES384"],
  [-37, "PS256"],
  [-8, "EdDSA"],
]);
const SINGLE_TAGS = [0xd0, 0xd1]; // encrypted, or with a MAC: never signed
const DOUBLE_TAGS = [0x60, 0x61, 0x62];
const MOST_KID_BYTES = 64;
const CONTEXT = join([0x84, 0x6a], utf8("Signature1"));

/** Throws Refused: malformed or unsupported. @param {Uint8Array} raw @returns {Sign1} */
export function openSign1(raw) {
  const item = decode(untagged(raw));
  if (!Array.isArray(item) || item.length !== 4) throw malformed("cose");
  const [protectedRaw, unprotected, payload, signature] = item;
  if (!(protectedRaw instanceof Uint8Array && payload instanceof Uint8Array)) throw malformed("cose");
  if (!(unprotected instanceof Map && signature instanceof Uint8Array)) throw malformed("cose");
  const header = protectedRaw.length ? decode(protectedRaw) : new Map();
  if (!(header instanceof Map)) throw malformed("cose");
  if (header.has(CRITICAL)) throw new Refused("unsupported"); // we know none
  const inside = identifier(header.get(KID));
  const algorithm = ALGORITHMS.get(header.get(ALG) ?? unprotected.get(ALG));
  if (!algorithm) throw new Refused("unsupported", "algorithm");
  const kid = inside ?? identifier(unprotected.get(KID)) ?? new Uint8Array();
  const empty = protectedRaw.length === 1 && protectedRaw[0] === 0xa0; // section 4.4: signed as no bytes
  const message = join(CONTEXT, bytes(empty ? new Uint8Array() : protectedRaw), [0x40], bytes(payload));
  return { algorithm, kid, payload, signature, message };
}

/** Whether a key of a trust list made the signature. @param {Sign1} sealed @param {{key: CryptoKey, algorithm: string}} verifier */
export async function signedBy(sealed, verifier) {
  if (verifier.algorithm !== sealed.algorithm) return false;
  return crypto.subtle.verify(PARAMETERS[verifier.algorithm], verifier.key, sealed.signature, sealed.message);
}

const PARAMETERS = {
  ES256: { name: "ECDSA", hash: "SHA-256" },
  ES384: { name: "ECDSA", hash: "SHA-384" },
  PS256: { name: "RSA-PSS", saltLength: 32 }, // RFC 8230, section 2: as long as the digest
  EdDSA: { name: "Ed25519" },
};

function untagged(raw) {
  if (raw[0] === 0xd8 && raw[1] === 0x3d) raw = raw.subarray(2);
  if (raw[0] === 0xd2) return raw.subarray(1);
  const other = SINGLE_TAGS.includes(raw[0]) || (raw[0] === 0xd8 && DOUBLE_TAGS.includes(raw[1]));
  if (other) throw new Refused("unsupported", "structure");
  return raw;
}

function identifier(value) {
  if (value === undefined || value === null) return null;
  if (!(value instanceof Uint8Array) || value.length > MOST_KID_BYTES) throw malformed("cose");
  return value;
}

function bytes(raw) {
  const size = raw.length;
  if (size < 24) return join([0x40 | size], raw);
  if (size < 0x100) return join([0x58, size], raw);
  if (size < 0x1_0000) return join([0x59, size >> 8, size & 0xff], raw);
  return join([0x5a, size >>> 24, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff], raw);
}
