// The screens before the gate: enrolling, the PIN, and what to do where neither is possible.

import { field, h } from "./dom.js";
import { NoAnswer } from "./link.js";
import { weakness } from "./vault.js";

/** @param {import("./app.js").App} app @param {(asked: {code: string, name: string, pin: string}) => Promise<void>} enrol */
export function enrolScreen(app, enrol) {
  const { words } = app;
  const code = field(
    words.say("enrol-code"),
    { autocomplete: "off", autocapitalize: "characters", spellcheck: "false", required: true },
    words.say("enrol-code-hint"),
  );
  const name = field(
    words.say("enrol-name"),
    { autocomplete: "off", maxlength: 60, required: true },
    words.say("enrol-name-hint"),
  );
  const pin = field(
    words.say("pin-new"),
    { type: "password", autocomplete: "new-password", required: true },
    words.say("pin-hint"),
  );
  const again = field(words.say("pin-again"), { type: "password", autocomplete: "new-password", required: true });
  const wrong = h("p", { class: "notice stop wrong", role: "alert", hidden: true });
  const button = h("button", { class: "button main big", type: "submit" }, words.say("enrol"));
  const say = (key, values) => {
    wrong.textContent = words.say(key, values);
    wrong.hidden = false;
    button.disabled = false;
  };
  async function submit(event) {
    event.preventDefault();
    const weak = weakness(pin.input.value);
    if (weak) return say(`pin-${weak}`);
    if (pin.input.value !== again.input.value) return say("pin-differs");
    button.disabled = true;
    wrong.hidden = true;
    try {
      await enrol({ code: code.input.value.trim(), name: name.input.value.trim(), pin: pin.input.value });
    } catch (error) {
      say(error instanceof NoAnswer ? "enrol-no-answer" : `enrol-refused-${error.code === "too-many" ? "many" : "code"}`);
      if (!error.code && !(error instanceof NoAnswer)) throw error;
    }
  }
  return h(
    "main",
    { class: "start" },
    h("h1", {}, words.say("enrol-title")),
    h("p", { class: "soft" }, words.say("enrol-why")),
    h("form", { class: "sheet", onsubmit: submit }, code.box, name.box, pin.box, again.box, wrong, button),
  );
}

/**
 * @param {import("./app.js").App} app @param {number} unsent
 * @param {(pin: string) => Promise<import("./vault.js").Attempt>} unlock
 */
export function lockScreen(app, unsent, unlock) {
  const { words } = app;
  const pin = field(words.say("pin"), { type: "password", autocomplete: "current-password", required: true });
  const wrong = h("p", { class: "notice stop wrong", role: "alert", hidden: true });
  const button = h("button", { class: "button main big", type: "submit" }, app.icon("lock"), words.say("unlock"));
  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    const attempt = await unlock(pin.input.value);
    if (attempt.state === "open" || attempt.state === "wiped") return;
    pin.input.value = "";
    wrong.textContent = words.say(attempt.waitMs ? "pin-wrong-wait" : "pin-wrong", {
      left: attempt.left,
      seconds: Math.ceil(attempt.waitMs / 1000),
    });
    wrong.hidden = false;
    setTimeout(() => {
      button.disabled = false;
      pin.input.focus();
    }, attempt.waitMs);
  }
  queueMicrotask(() => pin.input.focus());
  return h(
    "main",
    { class: "start" },
    h("h1", {}, words.say("locked")),
    h("p", { class: "soft" }, unsent ? words.say("locked-unsent", { count: unsent }) : words.say("locked-none")),
    h("form", { class: "sheet", onsubmit: submit }, pin.box, wrong, button),
  );
}

/** One sentence, why, and what to do. @param {import("./app.js").App} app @param {string} key @param {?() => void} next */
export function plainScreen(app, key, next = null) {
  const { words } = app;
  return h(
    "main",
    { class: "start" },
    h(
      "div",
      { class: "sheet" },
      h("h1", {}, words.say(`${key}-title`)),
      h("p", {}, words.say(`${key}-text`)),
      next && h("button", { class: "button main big", type: "button", onclick: next }, words.say(`${key}-button`)),
    ),
  );
}
