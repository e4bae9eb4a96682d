// Instants as certificates write them: fastchannel.certificates.formats.dates.instant in the browser.

const DATE = /^\d{4}-\d\d-\d\d$/;
const WRITTEN = new RegExp(
  "^(\\d{4})(?:-(\\d\\d)-(\\d\\d)|(\\d\\d)(\\d\\d))" + // 2021-06-30 or 20210630
    "(?:.(\\d\\d)(?::?(\\d\\d)(?::?(\\d\\d)(?:[.,](\\d+))?)?)?(Z|[+-]\\d\\d(?::?\\d\\d(?::?\\d\\d)?)?)?)?$",
  "s",
);

/**
 * Milliseconds since 1970; null where the text is no instant. Without an offset it is read as UTC.
 * @param {string} text @returns {?number}
 */
export function instant(text) {
  const found = WRITTEN.exec(text);
  if (!found || DATE.test(text)) return null; // a date is no time of sampling: it could be off by a day
  const [year, month, day] = [found[1], found[2] ?? found[4], found[3] ?? found[5]].map(Number);
  const [hour, minute, second] = [found[6], found[7], found[8]].map((one) => Number(one ?? 0));
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  if (!year || !exists || hour > 23 || minute > 59 || second > 59) return null;
  const whole = new Date(0);
  whole.setUTCFullYear(year, month - 1, day);
  whole.setUTCHours(hour, minute, second);
  const offset = offsetMs(found[10] ?? "Z");
  return offset === null ? null : whole.getTime() + Number(`0.${(found[9] ?? "0").slice(0, 6)}`) * 1000 - offset;
}

function offsetMs(text) {
  if (text === "Z") return 0;
  const [hours, minutes, seconds] = text.slice(1).replace(/:/g, "").match(/../g).map(Number);
  if (hours > 23 || (minutes ?? 0) > 59 || (seconds ?? 0) > 59) return null;
  const size = (hours * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
  return text[0] === "-" ? -size : size;
}
