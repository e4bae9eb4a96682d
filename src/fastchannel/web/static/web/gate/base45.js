// Base45 of RFC 9285: three characters stand for two bytes.

import { malformed } from "./refused.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALUES = new Map([...ALPHABET].map((one, index) => [one, index]));
export const MOST_CHARACTERS = 8_192; // a QR code of version 40 holds 4,296

/** Throws Refused. @param {string} text @returns {Uint8Array} */
export function base45(text) {
  const characters = [...text];
  if (characters.length > MOST_CHARACTERS) throw malformed("too-long");
  if (characters.length % 3 === 1) throw malformed("base45");
  const found = new Uint8Array(Math.floor(characters.length / 3) * 2 + (characters.length % 3 ? 1 : 0));
  let put = 0;
  for (let at = 0; at < characters.length; at += 3) {
    const values = characters.slice(at, at + 3).map((one) => VALUES.get(one));
    if (values.includes(undefined)) throw malformed("base45");
    const number = values[0] + 45 * values[1] + 2025 * (values[2] ?? 0);
    if (number > (values.length === 3 ? 0xffff : 0xff)) throw malformed("base45");
    if (values.length === 3) found[put++] = number >> 8;
    found[put++] = number & 0xff;
  }
  return found;
}
