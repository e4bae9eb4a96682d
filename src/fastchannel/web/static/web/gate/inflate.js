// zlib within a stated bound: 2.9 megabytes of zeros fit into one QR code.

import { join, same } from "./bytes.js";
import { malformed } from "./refused.js";

export const MOST_BYTES = 64 * 1024; // the largest real certificate that we know is under 8 KiB

/** Throws Refused. @param {Uint8Array} data @param {number} most @returns {Promise<Uint8Array>} */
export async function inflate(data, most = MOST_BYTES) {
  const chunks = [];
  let size = 0;
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > most) break;
      chunks.push(value);
    }
  } catch {
    throw malformed("inflate");
  }
  if (size > most) {
    reader.cancel().catch(() => {});
    throw malformed("too-large");
  }
  const found = join(...chunks);
  // Not every engine says when a stream is cut off or followed by more: its last four bytes are the checksum of what it holds.
  if (!same(data.subarray(Math.max(0, data.length - 4)), adler32(found))) throw malformed("inflate");
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
