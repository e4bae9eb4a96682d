// The traveller's pages without a connection. Without scripts every one of them works as a plain form.
"use strict";

(() => {
  const root = document.getElementById("traveller");
  if (!root || !self.TravellerStore.possible || "ended" in document.documentElement.dataset) return;
  const { base, zone } = root.dataset;
  const store = new self.TravellerStore(base);
  const language = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang; // as the node writes dates
  const offline = "offline" in document.documentElement.dataset;
  const box = document.getElementById("kept");
  let reloading = false;
  let forgotten = false;

  function clock(milliseconds) {
    return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(milliseconds);
  }

  function dayWords(day) {
    return new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone: "UTC" }).format(Date.parse(day));
  }

  function today(milliseconds, where = zone) {
    return new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: where }).format(milliseconds);
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  // ---- today's question, where the page was kept on another day --------------------------------------------------------------

  async function ask() {
    if (!offline) return;
    document.getElementById("offline")?.removeAttribute("hidden");
    for (const button of document.querySelectorAll(".languages button")) button.disabled = true;
    document.querySelector("main > .notices")?.remove(); // what was told of another press
    const card = document.getElementById("now-card");
    if (!card) return;
    const now = await store.now();
    const day = [...document.querySelectorAll("#plan [data-day]")].find((one) => one.dataset.day === today(now, one.dataset.zone));
    if (!day || day.dataset.day === card.dataset.day) return;
    card.dataset.day = day.dataset.day;
    card.querySelector("h1").textContent = card.dataset.question;
    const by = card.querySelector(".by") ?? card.querySelector("h1").insertAdjacentElement("afterend", document.createElement("p"));
    by.className = "by";
    by.textContent = day.textContent;
    card.querySelector(".today")?.remove();
    const form = document.getElementById("ask").content.cloneNode(true);
    form.querySelector("[name=day]").value = day.dataset.day;
    by.insertAdjacentElement("afterend", document.createElement("div")).append(form);
    listen();
  }

  // ---- answers ---------------------------------------------------------------------------------------------------------------

  function listen() {
    for (const form of document.querySelectorAll("form.checkin:not([data-heard])")) {
      form.dataset.heard = "yes";
      form.addEventListener("submit", answer);
    }
  }

  async function answer(event) {
    const form = event.target;
    const button = event.submitter;
    if (!button || form.dataset.plain) return;
    event.preventDefault();
    event.stopPropagation();
    try {
      await store.keepAnswer(form.elements.day.value, button.value === "yes");
    } catch {
      form.dataset.plain = "yes"; // this browser keeps nothing: the form goes as it is
      form.requestSubmit(button);
      return;
    }
    await show(true);
    box?.scrollIntoView({ block: "nearest" });
    await send();
    const worker = await navigator.serviceWorker?.getRegistration(base);
    if ((await store.answers()).length) await worker?.sync?.register("answers").catch(() => {});
  }

  async function send() {
    if (forgotten || !(await store.answers()).length) return;
    const outcome = await store.send();
    if (outcome === "ended") await end();
    else await left();
  }

  /** Something may have left: the page is asked for anew where it was recorded, or where it is an old one. */
  async function left() {
    await show(false);
    const recorded = (await store.told()).some((one) => one.outcome === "recorded");
    if (!(recorded || offline) || reloading || (await store.answers()).length) return;
    reloading = true;
    location.reload();
  }

  function busy() {
    return Boolean(document.querySelector(".acts details[open]")); // somebody is writing
  }

  async function end() {
    await store.clear();
    const worker = await navigator.serviceWorker?.getRegistration(base);
    await worker?.unregister();
    location.reload(); // the node says what to do
  }

  async function show(sending) {
    if (!box) return;
    const words = box.dataset;
    const parts = [];
    const told = await store.told();
    for (const one of told.filter((item) => item.outcome === "recorded")) {
      parts.push(part("good", fill(words.sent, { day: dayWords(one.day), time: clock(one.pressed), said: one.said })));
    }
    for (const one of told.filter((item) => item.outcome !== "recorded")) {
      const refused = part("stop", fill(words.refused, { day: dayWords(one.day), time: clock(one.pressed), said: one.said }));
      const read = Object.assign(document.createElement("button"), { type: "button", className: "button tight", textContent: words.read });
      read.addEventListener("click", async () => {
        await store.delete("told", one.key);
        await show(false);
      });
      refused.lastElementChild.append(read);
      parts.push(refused);
    }
    for (const one of await store.answers()) {
      const values = { day: dayWords(one.day), time: clock(one.pressed), answer: one.symptoms ? words.yes : words.no };
      parts.push(part("wait", fill(sending ? words.sending : words.waiting, values)));
    }
    box.replaceChildren(...parts);
    box.hidden = !parts.length;
  }

  function part(tone, text) {
    const found = document.getElementById(`kept-${tone}`).content.firstElementChild.cloneNode(true);
    found.querySelector("p").textContent = text;
    return found;
  }

  // ---- the pass: what its times say now --------------------------------------------------------------------------------------

  async function passState() {
    const pass = document.getElementById("pass");
    if (!pass || forgotten) return;
    const now = await store.now();
    const state = now >= Date.parse(pass.dataset.expires) ? "expired" : now < Date.parse(pass.dataset.from) ? "early" : "valid";
    for (const one of pass.querySelectorAll("[data-state]")) one.hidden = one.dataset.state !== state;
    pass.className = `sheet pass ${{ valid: "good", early: "wait", expired: "stop" }[state]}`;
  }

  // ---- what is kept ----------------------------------------------------------------------------------------------------------

  document.getElementById("forget")?.addEventListener("click", async (event) => {
    const unsent = await store.answers();
    if (unsent.length && !confirm(event.target.dataset.unsent)) return;
    forgotten = true;
    await store.clear();
    const worker = await navigator.serviceWorker?.getRegistration(base);
    await worker?.unregister();
    document.getElementById("forgotten").hidden = false;
    event.target.hidden = true;
  });

  async function keep() {
    if (!navigator.serviceWorker || offline) return;
    const claimed = new Promise((resolve) => {
      if (navigator.serviceWorker.controller) resolve();
      else navigator.serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
    });
    await navigator.serviceWorker.register(`${base}worker.js`, { scope: base, updateViaCache: "none" });
    const { active } = await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) active.postMessage("claim"); // it took over before this page was there
    await claimed;
    // The first time the page came before its worker, which may have taken over since: then nobody has kept it.
    const byWorker = performance.getEntriesByType("navigation")[0]?.workerStart > 0;
    if (!byWorker) await fetch(location.pathname);
    document.documentElement.dataset.kept = "yes";
  }

  navigator.serviceWorker?.addEventListener("message", async (event) => {
    if (event.data.answers === "ended") await end();
    else if (event.data.answers) await left();
    else if (event.data.fresh && offline && !busy()) {
      // The node was slow, not away. Once a minute at most: a node that stays slow must not make the page flicker.
      const last = Number(sessionStorage.getItem("traveller-fresh") ?? 0);
      sessionStorage.setItem("traveller-fresh", String(Date.now()));
      if (Date.now() - last > 60_000) location.reload();
    }
  });
  addEventListener("online", async () => {
    if (offline && !(await store.answers()).length && !busy()) location.reload();
    else await send();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) send();
  });
  setInterval(() => {
    if (!document.hidden) send();
    passState();
  }, 20_000);

  (async () => {
    if (!offline) await store.learn(Date.parse(root.dataset.now));
    await ask();
    listen();
    await passState();
    await show(false);
    for (const one of await store.told()) if (one.outcome === "recorded") await store.delete("told", one.key); // it was read now
    await send();
    await keep();
  })();
})();
