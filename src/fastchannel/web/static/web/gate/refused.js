// Why something scanned is not evidence: the codes of fastchannel.certificates.refusal.

export class Refused extends Error {
  /** @param {string} code @param {string} detail a finer code within `code` */
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
    this.detail = detail;
  }
}

/** @param {string} detail @returns {Refused} */
export function malformed(detail) {
  return new Refused("malformed", detail);
}
