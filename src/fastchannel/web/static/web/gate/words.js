// The page's words in its three languages: one catalogue, so that an officer changes the language without a link.

const KEPT = "fastchannel-gate-language";

export class Words {
  /** @param {{languages: {code: string, name: string}[], words: Record<string, Record<string, string>>}} shell @param {string} language */
  constructor(shell, language) {
    this.languages = shell.languages;
    this.catalogue = shell.words;
    const kept = localStorage.getItem(KEPT);
    this.language = kept && kept in this.catalogue ? kept : language;
  }

  /** @param {string} language */
  choose(language) {
    this.language = language;
    localStorage.setItem(KEPT, language);
    document.documentElement.lang = language;
  }

  /** @param {string} key @param {Record<string, string|number>} values put in for %(name)s @param {string} language */
  say(key, values = {}, language = this.language) {
    const text = this.catalogue[language]?.[key] ?? this.catalogue.en[key] ?? key;
    return text.replace(/%\((\w+)\)s/g, (whole, name) => String(values[name] ?? whole));
  }

  /** The hour, with the day where it is another. @param {number} atMs @param {number} nowMs */
  time(atMs, nowMs) {
    const sameDay = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
    const form = sameDay
      ? { hour: "2-digit", minute: "2-digit" }
      : { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
    return new Intl.DateTimeFormat(this.language, { ...form, hourCycle: "h23" }).format(atMs);
  }
}
