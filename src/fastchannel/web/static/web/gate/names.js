// Finding an expected traveller by what an officer types of the name.

/** Every word typed must begin a word of the name. @param {import("./evaluate.js").Expected[]} expected @param {string} typed */
export function found(expected, typed) {
  const wanted = words(typed);
  if (typed.trim().length < 2 && !/[^\x00-\x7f]/.test(typed.trim())) return [];
  const fits = (one) => wanted.every((word) => words(one.name).some((part) => part.startsWith(word)));
  return wanted.length ? expected.filter(fits).sort((one, other) => one.due - other.due) : [];
}

function words(text) {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .split(/[\s,.]+/)
    .filter(Boolean);
}
