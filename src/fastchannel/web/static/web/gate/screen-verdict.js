// One colour over the whole screen, with a word, a mark and a reason; then what the officer does. The decision is at the thumb.

import { field, h } from "./dom.js";

const MARKS = { green: "check", amber: "warning", red: "cross" };
const REFUSE = ["refuse-verdict", "refuse-person", "refuse-papers", "refuse-elsewhere", "refuse-other"];
const OVERRIDE = ["override-control", "override-papers", "override-mistake", "override-help", "override-other"];

/**
 * @param {import("./app.js").App} app @param {import("./evaluate.js").Verdict} seen
 * @param {(kind: string, note: string) => Promise<void>} decide
 */
export function verdictScreen(app, seen, decide) {
  const { words } = app;
  const heading = h("h1", { tabindex: "-1", id: "verdict-word" }, words.say(`colour-${seen.verdict}`));
  const acts = h("div", { class: "decide" });
  const screen = h(
    "main",
    { class: `verdict ${seen.verdict}`, "aria-describedby": "verdict-reason" },
    h(
      "div",
      { class: "shown", role: "alert" },
      app.icon(MARKS[seen.verdict]),
      heading,
      h("p", { class: "reason", id: "verdict-reason" }, app.reason(seen.reason)),
      others(app, seen),
    ),
    facts(app, seen),
    h("p", { class: "wrong", role: "alert", id: "verdict-note", hidden: true }),
    acts,
  );
  const run = once(screen, decide);
  const first = () => put(choices(app, seen, run, reasons), false);
  const reasons = (kind) => put(because(app, seen, kind, run, first), true);
  const put = (shown, asking) => {
    screen.classList.toggle("asking", asking);
    acts.replaceChildren(...shown);
  };
  first();
  queueMicrotask(() => heading.focus());
  return screen;
}

/** The reason in the other languages, for the traveller to read. */
function others({ words, reason }, seen) {
  return words.languages
    .filter(({ code }) => code !== words.language)
    .map(({ code }) =>
      h(
        "p",
        { class: "other", lang: code },
        h("b", {}, words.say(`colour-${seen.verdict}`, {}, code)),
        " ",
        reason(seen.reason, code),
      ),
    );
}

function facts(app, seen) {
  const { words } = app;
  const rows = [];
  if (seen.name) rows.push([words.say("traveller"), seen.name]);
  if (seen.until !== null) rows.push([words.say("until"), words.time(seen.until, app.clock.now())]);
  if (seen.bound) rows.push([words.say("passport-short"), words.say("passport-same")]);
  if (app.gate)
    rows.push([words.say("list"), words.say("list-of", { time: words.time(app.gate.bundle.made_at, app.clock.now()) })]);
  return h(
    "dl",
    { class: "told" },
    rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

function choices(app, seen, run, reasons) {
  const { words } = app;
  const button = (key, look, act) => h("button", { class: `act ${look}`, type: "button", onclick: act }, words.say(key));
  if (seen.verdict === "green") {
    return [button("admit", "first", () => run("admitted", "")), button("refuse", "", () => reasons("refused"))];
  }
  return [
    button("refuse", "first", () => reasons("refused")),
    (seen.ref || seen.pass || seen.document) && button("override", "", () => reasons("override")),
    button("leave", "plain", () => run("", "")),
  ].filter(Boolean);
}

function because(app, seen, kind, run, back) {
  const { words } = app;
  const asked = kind === "refused" ? REFUSE.slice(seen.verdict === "green" ? 1 : 0) : OVERRIDE;
  const note = field(words.say("note"), { maxlength: 200, autocomplete: "off" });
  const title = h("h2", { tabindex: "-1" }, words.say(kind === "refused" ? "refuse-why" : "override-why"));
  const give = (key) => {
    const said = note.input.value.trim();
    if (key.endsWith("-other") && !said) return note.input.focus();
    return run(
      kind,
      key.endsWith("-other")
        ? said
        : [key === "refuse-verdict" ? app.reason(seen.reason) : words.say(key), said].filter(Boolean).join(" "),
    );
  };
  queueMicrotask(() => title.focus());
  return [
    title,
    note.box,
    h(
      "div",
      { class: "reasons-box" },
      asked.map((key) => h("button", { class: "act why", type: "button", onclick: () => give(key) }, words.say(key))),
    ),
    h("button", { class: "act plain", type: "button", onclick: back }, words.say("back")),
  ];
}

/** Runs the first decision alone; where it fails, says so and lets the officer try again. */
function once(screen, decide) {
  let running = false;
  return async (kind, note) => {
    if (running) return;
    running = true;
    screen.setAttribute("aria-busy", "true");
    try {
      await decide(kind, note);
    } finally {
      running = false;
      screen.removeAttribute("aria-busy");
    }
  };
}
