// What was done here today, the newest first, and whether the node has it.

import { h } from "./dom.js";
import { REJECTED, SENT } from "./journal.js";

const KINDS = { admitted: "check", override: "warning", refused: "cross", seen: "dash" };
const MOST_SHOWN = 200;

/** @param {import("./app.js").App} app @param {() => void} back */
export function logScreen(app, back) {
  const { words, clock, journal } = app;
  const today = new Date(clock.now()).toDateString();
  const kept = journal.all().filter((one) => one.state !== SENT || new Date(clock.shown(one.at)).toDateString() === today);
  // What was decided upon stands in its decision, which is the next entry.
  const all = kept.filter((one, index) => one.kind !== "seen" || (kept[index + 1] ?? one).kind === "seen").reverse();
  const count = (kind) => all.filter((one) => one.kind === kind).length;
  return h(
    "main",
    { class: "log" },
    h("button", { class: "button", type: "button", onclick: back }, words.say("back")),
    h("h1", {}, words.say("log")),
    h(
      "p",
      { class: "soft" },
      words.say("log-answer", { admitted: count("admitted"), override: count("override"), refused: count("refused") }),
    ),
    all.length
      ? h(
          "ol",
          { class: "entries" },
          all.slice(0, MOST_SHOWN).map((one) => row(app, one)),
        )
      : h("p", { class: "empty" }, words.say("log-empty")),
  );
}

function row(app, one) {
  const { words } = app;
  const sent = one.state === SENT ? "sent" : one.state === REJECTED ? "rejected" : "unsent";
  const double = app.raised.get(one.nonce);
  return h(
    "li",
    { class: one.verdict },
    app.icon(KINDS[one.kind]),
    h(
      "div",
      {},
      h("b", {}, words.say(`kind-${one.kind}`), one.name ? ` · ${one.name}` : ""),
      h("span", { class: "soft small" }, app.reason(one.reason)),
      one.note && one.note !== app.reason(one.reason) && h("span", { class: "small" }, one.note),
      double && h("span", { class: "small double" }, doubleText(app, double)),
      one.state === REJECTED && h("span", { class: "small double" }, words.say("rejected-why", { code: one.code })),
    ),
    h(
      "div",
      { class: "when small" },
      h(
        "time",
        { datetime: new Date(app.clock.shown(one.at)).toISOString() },
        words.time(app.clock.shown(one.at), app.clock.now()),
      ),
      h("span", { class: "soft" }, `${words.say("number", { number: one.seq })} · ${words.say(sent)}`),
    ),
  );
}

/** @param {import("./app.js").App} app @param {import("./sync.js").Raised} one */
export function doubleText({ words, clock }, { other }) {
  return words.say("double", { device: other?.device ?? "", time: other?.at ? words.time(other.at, clock.now()) : "" });
}
