// The gate itself, between two travellers: scan, read a passport, pick a name, and how the device stands.

import { Camera, codeIn, hasCamera } from "./camera.js";
import { field, h } from "./dom.js";
import { found } from "./names.js";
import { NoAnswer } from "./link.js";

const MOST_FOUND = 8;

/** @param {import("./app.js").App} app @param {{text: string, colour: string}|null} said what was just done */
export function homeScreen(app, said) {
  const { words } = app;
  return h(
    "main",
    { class: "home" },
    h("h1", { class: "visually-hidden" }, words.say("title")),
    h("p", { class: `said ${said?.colour ?? ""}`, role: "status" }, said ? [app.icon(said.mark), said.text] : null),
    app.warnings(),
    scanBox(app),
    passportBox(app),
    nameBox(app),
    h("p", { class: "soft small" }, words.say("usb-hint")),
  );
}

function scanBox(app) {
  const { words } = app;
  const note = h("p", { class: "small", role: "status" });
  const video = h("video", { class: "look", playsinline: true, muted: true, hidden: true, "aria-label": words.say("camera") });
  const camera = new Camera(video, (text) => {
    stop();
    app.present({ text });
  });
  const start = h("button", { class: "button main huge", type: "button" }, app.icon("scan"), words.say("scan"));
  const stop = () => {
    camera.stop();
    video.hidden = true;
    start.lastChild.textContent = words.say("scan");
  };
  start.addEventListener("click", async () => {
    if (!video.hidden) return stop();
    if (!hasCamera()) return picture.click();
    video.hidden = false;
    start.lastChild.textContent = words.say("scan-stop");
    try {
      await camera.start();
    } catch {
      stop();
      note.textContent = words.say("camera-refused");
    }
  });
  const picture = h("input", {
    type: "file",
    accept: "image/*",
    capture: "environment",
    hidden: true,
    "aria-label": words.say("photo"),
  });
  picture.addEventListener("change", async () => {
    const [file] = picture.files;
    picture.value = "";
    if (file) note.textContent = words.say(await readPicture(app, file, note));
  });
  app.leaving(stop);
  return h(
    "section",
    { class: "scan" },
    video,
    start,
    hasCamera() && h("button", { class: "button big", type: "button", onclick: () => picture.click() }, words.say("photo")),
    picture,
    note,
  );
}

/** Presents what the picture shows; the key of what to say. */
async function readPicture(app, file, note) {
  note.textContent = app.words.say("photo-reading");
  const text = await codeIn(file);
  if (text) {
    app.present({ text });
    return "photo-read";
  }
  if (!app.shell.photo) return "photo-none";
  try {
    const [first] = await app.textsIn(file);
    if (!first) return "photo-none";
    app.present({ text: first });
    return "photo-read";
  } catch (error) {
    if (error instanceof NoAnswer) return "photo-offline";
    return "photo-none";
  }
}

function passportBox(app) {
  const { words } = app;
  const number = field(words.say("passport-number"), {
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: 20,
  });
  const birth = field(words.say("passport-birth"), {
    autocomplete: "off",
    inputmode: "numeric",
    placeholder: words.say("passport-birth-form"),
    maxlength: 10,
  });
  const zone = field(
    words.say("passport-zone"),
    { rows: 3, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", class: "mono" },
    words.say("passport-zone-hint"),
  );
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  function submit(event) {
    event.preventDefault();
    const said = birth.input.value.trim();
    if (zone.input.value.trim()) return app.present({ text: zone.input.value });
    const ok = number.input.value.trim() && (/^\d{6}$/.test(said) || /^\d{4}(-\d\d){0,2}$/.test(said) || !said);
    wrong.textContent = words.say("passport-wrong");
    wrong.hidden = Boolean(ok);
    if (ok) app.present({ number: number.input.value.trim(), birth: said });
  }
  return h(
    "details",
    { class: "sheet fold" },
    h("summary", {}, words.say("passport")),
    h(
      "form",
      { class: "fields", onsubmit: submit },
      h("div", { class: "pair" }, number.box, birth.box),
      zone.box,
      wrong,
      h("button", { class: "button big", type: "submit" }, words.say("look-up")),
    ),
  );
}

function nameBox(app) {
  const { words } = app;
  const name = field(
    words.say("name-search"),
    { type: "search", autocomplete: "off", spellcheck: "false" },
    words.say("name-hint"),
  );
  const list = h("ul", { class: "found" });
  const count = h("p", { class: "small soft", role: "status" });
  name.input.addEventListener("input", () => {
    const all = found(app.gate?.expected ?? [], name.input.value);
    list.replaceChildren(...all.slice(0, MOST_FOUND).map(row));
    count.textContent =
      name.input.value.trim().length < 2
        ? ""
        : words.say(all.length > MOST_FOUND ? "name-many" : "name-count", { count: all.length });
  });
  const row = (one) => {
    const due = words.say("due", { gate: words.say(`gate-${one.gate}`), time: words.time(one.due, app.clock.now()) });
    return h(
      "li",
      {},
      h(
        "button",
        { class: "pick", type: "button", onclick: () => app.present({ pick: one.ref }) },
        h("b", {}, one.name),
        h("span", {}, due),
      ),
    );
  };
  return h(
    "details",
    { class: "sheet fold" },
    h("summary", {}, words.say("name")),
    h("div", { class: "fields" }, name.box, count, list),
  );
}
