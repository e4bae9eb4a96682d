// The checkpoint's application: which screen is shown, and what each press and scan does.

import { smaller } from "./camera.js";
import { Clock } from "./clock.js";
import { get, openDatabase, PLAIN, put, wipe } from "./database.js";
import { h, mark } from "./dom.js";
import { Gate, LAYOUT } from "./evaluate.js";
import { countUnsent, Journal } from "./journal.js";
import { enrol, Link, newDeviceKey } from "./link.js";
import { homeScreen } from "./screen-home.js";
import { doubleText, logScreen } from "./screen-log.js";
import { enrolScreen, lockScreen, plainScreen } from "./screen-start.js";
import { verdictScreen } from "./screen-verdict.js";
import { signal, wakeSound } from "./signals.js";
import { Sync } from "./sync.js";
import { Updates } from "./updates.js";
import { Vault } from "./vault.js";
import { Wedge } from "./wedge.js";
import { Words } from "./words.js";

export const IDLE_MS = 5 * 60_000; // without a touch or a scan, until the PIN is asked for
const IDLE_LOOK_MS = 5_000;
const PAGE_LOCK = "fastchannel-gate-page";

export class App {
  /** @param {HTMLElement} frame @param {object} shell what the page brought along: words, languages, addresses */
  constructor(frame, shell) {
    this.frame = frame;
    this.shell = shell;
    this.words = new Words(shell, document.documentElement.lang);
    this.clock = new Clock();
    this.updates = new Updates(shell.worker);
    this.wedge = new Wedge((text) => this.present({ text }));
    /** @type {?Gate} */
    this.gate = null;
    this.raised = new Map();
    this.leave = [];
    this.screen = null;
    this.pending = null;
    this.touchedMs = Date.now();
  }

  // ---- start ------------------------------------------------------------------------------------------------------------

  async start() {
    this.words.choose(this.words.language);
    const needed = "indexedDB" in window && "DecompressionStream" in window;
    if (!window.isSecureContext || !needed || !navigator.locks) return this.show(() => plainScreen(this, "unfit"));
    this.updates.register();
    const alone = new Promise((resolve) => {
      // Held until the page closes: two pages would number their entries alike.
      navigator.locks.request(PAGE_LOCK, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock && new Promise(() => {});
      });
    });
    if (!(await alone)) return this.show(() => plainScreen(this, "elsewhere", () => location.reload()));
    this.database = await openDatabase();
    this.vault = new Vault(this.database);
    this.journal = new Journal(this.database, this.vault);
    this.watchIdle();
    await this.first();
  }

  /** The screen with which the device begins. */
  async first() {
    const gone = await get(this.database, PLAIN, "gone");
    if (gone) return this.show(() => plainScreen(this, gone.why, () => this.again()));
    if (!(await get(this.database, PLAIN, "device-key")))
      return this.show(() => enrolScreen(this, (asked) => this.enrol(asked)));
    const unsent = await countUnsent(this.database);
    this.show(() => lockScreen(this, unsent, (pin) => this.unlock(pin)));
  }

  async again() {
    await wipe(this.database, "", Date.now());
    await this.first();
  }

  async enrol({ code, name, pin }) {
    wakeSound();
    this.updates.rest(false); // nothing is loaded anew between the node's answer and its being kept
    const pair = await newDeviceKey();
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const said = await enrol({ code, name, public_key: { kty, crv, x, y } });
    this.clock.learn(said.server_time);
    await this.vault.create(pin);
    await this.vault.keep("device", { id: said.device, party: said.party, place: said.place, gates: said.gates ?? [], name });
    await this.keepState();
    // Last: a device without its key is enrolled anew.
    await put(this.database, PLAIN, { id: "device-key", key: pair.privateKey });
    await navigator.storage?.persist?.().catch(() => false);
    await this.open();
  }

  async unlock(pin) {
    wakeSound();
    this.updates.rest(false);
    const attempt = await this.vault.unlock(pin, Date.now());
    if (attempt.state === "wiped") await this.first();
    if (attempt.state === "open") await this.open();
    else this.updates.rest(true);
    return attempt;
  }

  // ---- at work ------------------------------------------------------------------------------------------------------------

  async open() {
    this.touchedMs = Date.now();
    this.updates.rest(false);
    this.device = await this.vault.kept("device");
    const state = (await this.vault.kept("state")) ?? {};
    this.clock.state = state;
    await this.journal.load();
    this.take(await this.vault.kept("bundle"));
    this.raised = new Map(((await this.vault.kept("raised")) ?? []).map((one) => [one.nonce, one]));
    const { key } = await get(this.database, PLAIN, "device-key");
    this.link = new Link(key, this.device.id, this.clock);
    this.sync = new Sync(this.link, this.journal, this.clock, {
      version: this.shell.version,
      changed: () => this.refresh(),
      held: () => this.held ?? { tag: "", askedMs: 0 },
      bundle: (bundle, tag) => this.keepBundle(bundle, tag),
      unchanged: () => this.keepHeld(),
      done: () => this.keepState(),
      raised: (raised) => this.keepRaised(raised),
      revoked: () => this.revoked(),
    });
    this.sync.standing.lastMs = state.lastMs ?? null;
    await this.expire();
    this.wedge.start();
    this.home();
    await this.sync.start();
  }

  take(kept) {
    this.held = kept ? { tag: kept.tag, askedMs: kept.askedMs } : null;
    this.gate = kept ? new Gate(kept.bundle) : null;
    if (kept) this.clock.notBefore(kept.bundle.made_at);
  }

  async keepBundle(bundle, tag) {
    if (bundle.version !== LAYOUT) {
      this.sync.standing.refused = "layout";
      return this.updates.look();
    }
    const { server_time: _serverTime, ...rest } = bundle;
    const kept = { tag, askedMs: this.clock.now(), bundle: rest };
    await this.vault.keep("bundle", kept);
    this.take(kept);
  }

  /** A list that is over tells nobody anything: whom it named is forgotten. */
  async expire() {
    if (!this.gate?.expected.length || this.clock.now() <= this.gate.bundle.valid_until) return;
    const kept = { tag: "", askedMs: this.held.askedMs, bundle: { ...this.gate.bundle, expected: [] } };
    this.take(kept);
    await this.vault.keep("bundle", kept);
    this.refresh();
  }

  async keepHeld() {
    this.held = { ...this.held, askedMs: this.clock.now() };
  }

  async keepState() {
    await this.vault.keep("state", { ...this.clock.state, lastMs: this.clock.now() });
  }

  /** The node tells the same for days, so that both devices learn of it: only what is new is shown. */
  async keepRaised(raised) {
    const fresh = raised.filter((one) => !this.raised.has(one.nonce));
    if (!fresh.length) return;
    for (const one of fresh) this.raised.set(one.nonce, { ...one, unread: true });
    await this.vault.keep("raised", [...this.raised.values()]);
    signal("amber");
    this.refresh();
  }

  async readRaised() {
    for (const one of this.raised.values()) one.unread = false;
    await this.vault.keep("raised", [...this.raised.values()]);
    this.log();
  }

  async revoked() {
    this.close();
    await wipe(this.database, "revoked", Date.now());
    await this.first();
  }

  /** Forgets in memory what the PIN protects. */
  close() {
    this.sync?.stop();
    this.wedge.stop();
    this.vault.lock();
    this.journal.held.clear();
    Object.assign(this, { gate: null, held: null, device: null, link: null, sync: null, pending: null });
    this.raised.clear();
  }

  async lock() {
    if (!this.vault.isOpen) return;
    this.close();
    await this.first();
    this.updates.rest(true);
  }

  watchIdle() {
    const touched = () => (this.touchedMs = Date.now());
    for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, touched, { passive: true, capture: true });
    const look = () => {
      if (!this.vault.isOpen) return undefined;
      return Date.now() - this.touchedMs > IDLE_MS ? this.lock() : this.expire();
    };
    setInterval(look, IDLE_LOOK_MS);
    document.addEventListener("visibilitychange", look);
  }

  // ---- one traveller --------------------------------------------------------------------------------------------------------

  /** @param {import("./evaluate.js").Scan} scan */
  async present(scan) {
    if (!this.vault.isOpen) return;
    this.touchedMs = Date.now();
    if (this.judging) return;
    this.judging = true;
    try {
      const both = this.together(scan);
      if (this.pending && !both) return this.note("decide-first");
      await this.judge(both ?? scan);
    } finally {
      this.judging = false;
    }
  }

  /** A passport that is scanned while its holder's pass is shown is compared with it. */
  together(scan) {
    const before = this.pending?.scan;
    const zone = "text" in scan && /^[A-Z][A-Z<][A-Z<]{3}/i.test(scan.text.trim()) ? scan.text : "";
    return before?.text?.startsWith("FC1:") && zone ? { text: before.text, zone } : null;
  }

  async judge(scan) {
    const nowMs = this.clock.now();
    const seen = this.gate
      ? await this.gate.judge(scan, nowMs, this.journal.admitted())
      : { verdict: "amber", reason: "offline-too-long", until: null, ref: "", name: "" };
    if (scan.zone && seen.verdict === "green") seen.bound = true;
    try {
      await this.append("seen", seen, "");
    } catch {
      signal("red");
      return this.show(() => plainScreen(this, "broken", () => this.home())); // without a record nobody passes
    }
    if (!this.vault.isOpen) return;
    this.pending = { scan, seen };
    this.show(() => verdictScreen(this, seen, (kind, note) => this.decide(kind, note)));
    signal(seen.verdict);
  }

  async decide(kind, note) {
    if (!this.pending) return undefined; // locked meanwhile
    const { seen } = this.pending;
    if (!kind) {
      this.pending = null;
      return this.home();
    }
    let entry;
    try {
      entry = await this.append(kind, seen, note);
    } catch {
      return this.note("broken-text");
    }
    this.pending = null;
    const looks = { admitted: ["green", "check"], override: ["amber", "warning"], refused: ["red", "cross"] };
    const [colour, shown] = looks[kind];
    this.home({
      text: this.words.say("recorded", { what: this.words.say(`kind-${kind}`), number: entry.seq }),
      colour,
      mark: shown,
    });
    this.sync?.now();
    return undefined;
  }

  append(kind, seen, note) {
    const { verdict, reason, ref, journey, pass, document: passport, name } = seen;
    return this.journal.append({
      at: Date.now(),
      kind,
      verdict,
      reason,
      ...(pass ? { pass } : {}),
      ...(passport ? { document: passport } : {}),
      ...(ref || journey ? { journey: ref || journey } : {}),
      ...(note ? { note: note.slice(0, 500) } : {}),
      ...(name ? { name } : {}),
    });
  }

  /** The texts of the codes in a picture, which the node reads. @param {Blob} picture @returns {Promise<string[]>} */
  async textsIn(picture) {
    return (await this.link.send(this.shell.photo, await smaller(picture))).said.texts ?? [];
  }

  // ---- what is shown --------------------------------------------------------------------------------------------------------

  /** @param {() => HTMLElement} build */
  show(build) {
    this.leave.splice(0).forEach((one) => one());
    this.screen = build;
    const shown = build();
    const colour = ["green", "amber", "red"].find((one) => shown.matches(`.verdict.${one}`));
    if (colour) document.body.dataset.shown = colour;
    else delete document.body.dataset.shown;
    this.frame.replaceChildren(this.band(), shown);
    window.scrollTo(0, 0);
  }

  home(said = null) {
    this.show(() => homeScreen(this, said));
  }

  log() {
    this.show(() => logScreen(this, () => this.home()));
  }

  /** Called when a screen is left. @param {() => void} act */
  leaving(act) {
    this.leave.push(act);
  }

  /** What changes while a screen stays. */
  refresh() {
    const [strip, warnings] = [this.frame.querySelector(".strip"), this.frame.querySelector(".warnings")];
    if (strip && this.vault.isOpen) strip.replaceWith(this.strip());
    if (warnings && this.vault.isOpen) warnings.replaceWith(this.warnings());
  }

  note(key) {
    const place = this.frame.querySelector("#verdict-note");
    if (!place) return;
    place.textContent = this.words.say(key);
    place.hidden = false;
    signal("amber");
  }

  icon(name) {
    return mark(this.shell.marks, name);
  }

  reason = (code, language = this.words.language) => this.words.say(`reason-${code}`, {}, language);

  band() {
    const { words } = this;
    const choose = h(
      "select",
      { "aria-label": words.say("language"), onchange: () => this.speak(choose.value) },
      words.languages.map(({ code, name }) =>
        h("option", { value: code, lang: code, selected: code === words.language }, name),
      ),
    );
    return h(
      "header",
      { class: "band gate-band" },
      h(
        "div",
        { class: "band-row" },
        h("span", { class: "brand" }, this.icon("brand"), this.device ? this.device.place : words.say("title")),
        h(
          "div",
          { class: "tools" },
          choose,
          this.vault?.isOpen &&
            !this.pending &&
            h("button", { class: "tool", type: "button", onclick: () => this.lock() }, this.icon("lock"), words.say("lock")),
        ),
      ),
      this.vault?.isOpen ? this.strip() : null,
    );
  }

  speak(language) {
    this.words.choose(language);
    this.show(this.screen);
  }

  /** Link, entries and list at one glance. */
  strip() {
    const { words, clock } = this;
    const { offlineSince, refused, running } = this.sync.standing;
    const unsent = this.journal.unsent(Infinity).length;
    const link =
      offlineSince === null
        ? refused
          ? words.say("refused-link", { code: refused })
          : words.say("online")
        : words.say("offline-since", { time: words.time(offlineSince, clock.now()) });
    const hours = this.gate ? Math.floor((clock.now() - this.gate.bundle.made_at) / 3_600_000) : null;
    const list = hours === null ? words.say("list-none") : words.say(hours < 1 ? "list-fresh" : "list-age", { hours });
    return h(
      "div",
      { class: `strip ${offlineSince === null && !refused ? "" : "off"}` },
      h(
        "span",
        { class: "link", role: "status" },
        this.icon(offlineSince === null && !refused ? "check" : "warning"),
        `${link} · ${unsent ? words.say("unsent-count", { count: unsent }) : words.say("all-sent")} · ${list}`,
      ),
      !this.pending &&
        h(
          "span",
          { class: "buttons" },
          h(
            "button",
            {
              class: "tool",
              type: "button",
              "aria-disabled": running ? "true" : null,
              onclick: () => this.sync.now({ fresh: true }),
            },
            words.say("send-now"),
          ),
          h("button", { class: "tool", type: "button", onclick: () => this.log() }, words.say("log")),
        ),
    );
  }

  warnings() {
    const { words } = this;
    const rows = [];
    const unread = [...this.raised.values()].filter((one) => one.unread);
    if (unread.length) {
      rows.push(
        h(
          "div",
          { class: "notice stop" },
          this.icon("warning"),
          h(
            "div",
            {},
            h("p", {}, words.say("double-title")),
            unread.map((one) => h("p", { class: "small" }, doubleText(this, one))),
            h("button", { class: "button", type: "button", onclick: () => this.readRaised() }, words.say("double-seen")),
          ),
        ),
      );
    }
    if (!this.gate) rows.push(h("div", { class: "notice wait" }, this.icon("warning"), h("p", {}, words.say("no-bundle"))));
    else if (this.clock.now() > this.gate.bundle.valid_until)
      rows.push(h("div", { class: "notice wait" }, this.icon("warning"), h("p", {}, this.reason("offline-too-long"))));
    if (this.clock.wentBack)
      rows.push(h("div", { class: "notice wait" }, this.icon("clock"), h("p", {}, words.say("clock-back"))));
    return h("div", { class: "warnings" }, rows);
  }
}
