// The machine readable zone of passports and cards (ICAO Doc 9303, parts 3 to 7): fastchannel.certificates.mrz in the browser.

/**
 * `birth` is as the zone has it, six characters; `birthIso` an ISO date, partial or with XX where the zone has fillers.
 * @typedef {{format: string, kind: string, state: string, family: string, given: string, number: string, nationality: string,
 *   birth: string, birthIso: string, sex: string, expires: string, repaired: boolean}} Mrz
 */

/** What is wrong with a zone: `line` counts from 1, or is 0; `field` is a code. */
export class MrzError extends Error {
  /** @param {number} line @param {string} field */
  constructor(line, field) {
    super(line ? `line ${line}: ${field}` : field);
    this.line = line;
    this.field = field;
  }
}

const MOST_CHARACTERS = 200;
const WEIGHTS = [7, 3, 1];
const LOOKS = { O: "0", Q: "0", D: "0", I: "1", L: "1", Z: "2", A: "4", S: "5", G: "6", T: "7", B: "8" };
const STATE = /^(?:[A-Z]{3}|[A-Z]<<)$/;

const TD1 = {
  name: "TD1",
  lines: 3,
  width: 30,
  names: [2, 0, 30],
  number: [0, 5, 14],
  nationality: [1, 15, 18],
  birth: [1, 0, 6],
  sex: [1, 7, 8],
  expires: [1, 8, 14],
  optional: [0, 15, 30],
  last: [1, 29, 30],
  longNumber: true,
  composite: [
    [0, 5, 30],
    [1, 0, 7],
    [1, 8, 15],
    [1, 18, 29],
  ],
};

function twoLines(name, width, optional, { visa = false, cards = false } = {}) {
  return {
    name,
    lines: 2,
    width,
    visa,
    names: [0, 5, width],
    number: [1, 0, 9],
    nationality: [1, 10, 13],
    birth: [1, 13, 19],
    sex: [1, 20, 21],
    expires: [1, 21, 27],
    optional,
    last: visa ? null : [1, width - 1, width],
    longNumber: cards,
    composite: [
      [1, 0, 10],
      [1, 13, 20],
      [1, 21, width - 1],
    ],
    personalCheck: !(visa || cards),
  };
}

const LAYOUTS = [
  TD1,
  twoLines("TD2", 36, [1, 28, 35], { cards: true }),
  twoLines("TD3", 44, [1, 28, 42]),
  twoLines("MRV-A", 44, [1, 28, 44], { visa: true }),
  twoLines("MRV-B", 36, [1, 28, 36], { visa: true }),
];

/** Whether a text could be a zone, so that a wrong digit is said rather than taken for a name. @param {string} text */
export function looksLikeMrz(text) {
  const plain = plainText(text).replace(/\s/g, "");
  return /^[ACIPV][A-Z<][A-Z<]{3}[A-Z0-9<]*$/.test(plain) && plain.includes("<<") && plain.length >= 60;
}

/** Reads a zone as typed or scanned, lines and spaces aside. Throws MrzError. @param {string} text @param {number} atMs @returns {Mrz} */
export function readMrz(text, atMs) {
  const { lines, layout } = shape(text);
  const zone = { lines, layout, repaired: false };
  matching(zone, [0, 0, 2], "kind", /^[A-Z][A-Z<]$/);
  matching(zone, [0, 2, 5], "state", STATE);
  matching(zone, layout.nationality, "nationality", STATE);
  matching(zone, layout.names, "names", /^[A-Z<]*[A-Z][A-Z<]*$/);
  matching(zone, layout.sex, "sex", /^[MFX<]$/);
  const number = documentNumber(zone);
  const today = new Date(atMs).toISOString().slice(0, 10);
  const birth = digits(zone, layout.birth, "birth");
  const birthIso = birthOf(birth, today);
  if (birthIso === null) throw new MrzError(layout.birth[0] + 1, "birth");
  const expires = expiryOf(digits(zone, layout.expires, "expires"), today);
  if (expires === null) throw new MrzError(layout.expires[0] + 1, "expires");
  composite(zone);
  let [family, given] = split(at(zone, layout.names));
  if (!family.replace(/</g, "")) [family, given] = [given, ""];
  return {
    format: layout.name,
    kind: bare(at(zone, [0, 0, 2])),
    state: bare(at(zone, [0, 2, 5])),
    family: name(family),
    given: name(given),
    number,
    nationality: bare(at(zone, layout.nationality)),
    birth,
    birthIso,
    sex: bare(at(zone, layout.sex)),
    expires,
    repaired: zone.repaired,
  };
}

/** The digit of a field (part 3, section 4.9). @param {string} text @returns {string} */
export function checkDigit(text) {
  return String([...text].reduce((sum, one, index) => sum + worth(one) * WEIGHTS[index % 3], 0) % 10);
}

function worth(one) {
  if (one === "<") return 0;
  return one <= "9" ? one.charCodeAt(0) - 48 : one.charCodeAt(0) - 55;
}

function plainText(text) {
  const half = text.replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0));
  return half.replace(/[a-z]/g, (one) => one.toUpperCase());
}

function shape(text) {
  if ([...text].length > MOST_CHARACTERS) throw new MrzError(0, "shape");
  let lines = plainText(text)
    .split(/\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/)
    .map((one) => one.replace(/\s+/g, ""))
    .filter(Boolean);
  if (lines.length === 1) lines = parts(lines[0]);
  lines.forEach((line, index) => {
    if (!/^[A-Z0-9<]+$/.test(line)) throw new MrzError(index + 1, "characters");
  });
  for (const layout of LAYOUTS) {
    const fits = lines.length === layout.lines && lines.every((line) => line.length === layout.width);
    if (fits && lines[0].startsWith("V") === Boolean(layout.visa)) return { lines, layout };
  }
  throw new MrzError(0, "shape");
}

function parts(line) {
  if (line.length === 90) return [line.slice(0, 30), line.slice(30, 60), line.slice(60)];
  const half = line.length / 2;
  return line.length === 72 || line.length === 88 ? [line.slice(0, half), line.slice(half)] : [line];
}

function at(zone, [line, start, end]) {
  return zone.lines[line].slice(start, end);
}

function matching(zone, place, field, form) {
  if (!form.test(at(zone, place))) throw new MrzError(place[0] + 1, field);
}

function behind([line, , end]) {
  return [line, end, end + 1];
}

function asDigits(text) {
  return [...text].map((one) => LOOKS[one] ?? one).join("");
}

function put(zone, [line, start, end], text) {
  if (at(zone, [line, start, end]) === text) return;
  zone.lines[line] = zone.lines[line].slice(0, start) + text + zone.lines[line].slice(end);
  zone.repaired = true;
}

/** The field's text, which its digit confirms; a filler stands for 0 where the field is empty. */
function confirmed(zone, place, field, text) {
  const digit = asDigits(at(zone, behind(place)));
  const expected = digit === "<" && !text.replace(/</g, "") ? "0" : digit;
  if (checkDigit(text) !== expected) throw new MrzError(place[0] + 1, field);
  put(zone, behind(place), digit);
  return text;
}

function digits(zone, place, field) {
  const text = confirmed(zone, place, field, asDigits(at(zone, place)));
  put(zone, place, text);
  return text;
}

function documentNumber(zone) {
  const { number: place, optional, longNumber, personalCheck } = zone.layout;
  const more = at(zone, optional).split("<")[0];
  let whole;
  if (longNumber && at(zone, behind(place)) === "<" && at(zone, optional).replace(/</g, "")) {
    whole = at(zone, place) + more.slice(0, -1);
    const right = more.length >= 2 && !at(zone, place).includes("<") && checkDigit(whole) === more.slice(-1);
    if (!right) throw new MrzError(place[0] + 1, "number");
  } else {
    whole = confirmed(zone, place, "number", at(zone, place)).replace(/<+$/, "");
    if (personalCheck) confirmed(zone, optional, "personal", at(zone, optional));
  }
  if (!whole.replace(/</g, "")) throw new MrzError(place[0] + 1, "number");
  return whole;
}

function composite(zone) {
  const { last, composite: over } = zone.layout;
  if (!last) return;
  const digit = asDigits(at(zone, last));
  if (checkDigit(over.map((place) => at(zone, place)).join("")) !== digit) throw new MrzError(last[0] + 1, "composite");
  put(zone, last, digit);
}

function split(names) {
  const cut = names.indexOf("<<");
  return cut < 0 ? [names, ""] : [names.slice(0, cut), names.slice(cut + 2)];
}

function name(field) {
  return field.split("<").filter(Boolean).join(" ");
}

function bare(text) {
  return text.replace(/^<+|<+$/g, "");
}

function birthOf(written, today) {
  if (!/^(?:[0-9]{2}|<<){3}$/.test(written)) return null;
  const year = written.slice(0, 2) === "<<" ? "" : written.slice(0, 2);
  const [month, day] = [written.slice(2, 4), written.slice(4, 6)].map((one) => (one === "<<" || one === "00" ? "" : one));
  let whole = 0;
  if (year) {
    whole = Number(today.slice(0, 2)) * 100 + Number(year);
    if (`${whole}-${month || "00"}-${day || "00"}` > today) whole -= 100;
  }
  if (!exists(whole, Number(month), Number(day))) return null;
  if (!year && !month && !day) return "";
  return `${year ? whole : "XXXX"}-${month || "XX"}-${day || "XX"}`.replace(/-XX$/, "").replace(/-XX$/, "");
}

function exists(year, month, day) {
  if (month > 12 || day > 31) return false;
  return !(month && day) || day <= new Date(Date.UTC(year || 2000, month, 0)).getUTCDate();
}

function expiryOf(written, today) {
  if (!/^[0-9]{6}$/.test(written)) return null;
  const now = Number(today.slice(0, 4));
  let year = now - (now % 100) + Number(written.slice(0, 2));
  year += year < now - 50 ? 100 : year > now + 49 ? -100 : 0;
  const [month, day] = [Number(written.slice(2, 4)), Number(written.slice(4))];
  if (!month || !day || !exists(year, month, day)) return null;
  return `${year}-${written.slice(2, 4)}-${written.slice(4)}`;
}
