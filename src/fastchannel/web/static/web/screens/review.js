// Keys for the queue and for one application, and the count of what is selected. Every page works without them.
"use strict";

const KEPT = "fastchannel-keys";

function keysAreOn() {
  return localStorage.getItem(KEPT) !== "off";
}

for (const box of document.querySelectorAll("[data-shortcuts]")) {
  box.checked = keysAreOn();
  box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
}

// ---- the selection ----

function counted() {
  const form = document.querySelector("[data-several]");
  const shown = form && form.querySelector("[data-count]");
  if (!shown) return;
  const boxes = [...form.querySelectorAll('input[name="row"]')];
  const chosen = boxes.filter((box) => box.checked).length;
  shown.hidden = chosen === 0;
  shown.textContent = `(${chosen})`;
  const all = form.querySelector("[data-all]");
  all.closest("label").hidden = false;
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) {
    for (const box of event.target.form.querySelectorAll('input[name="row"]')) box.checked = event.target.checked;
  }
  counted();
});
document.addEventListener("htmx:afterSettle", counted);
window.addEventListener("pageshow", counted);

// ---- the keys ----

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function goTo(step) {
  const all = rows();
  const here = all.findIndex((row) => row.classList.contains("here"));
  const next = all[Math.min(all.length - 1, Math.max(0, here + step))];
  if (!next) return;
  for (const row of all) row.classList.toggle("here", row === next);
  next.querySelector("th a").focus();
  next.scrollIntoView({ block: "nearest" });
}

function open(slug) {
  const act = document.getElementById(`act-${slug}`);
  if (!act) return;
  act.open = true;
  const first = act.querySelector('form input:not([type="hidden"]), form textarea, form button');
  first.focus();
}

function follow(selector) {
  const link = document.querySelector(selector);
  if (link) link.click();
}

const ON_QUEUE = {
  j: () => goTo(1),
  k: () => goTo(-1),
  x: () => {
    const box = document.querySelector('.here input[name="row"]');
    if (box) box.click();
  },
};
const ON_REVIEW = {
  j: () => follow('a[rel="next"]'),
  k: () => follow('a[rel="prev"]'),
  a: () => open("approve"),
  r: () => open("return"),
  f: () => open("refuse"),
  u: () => follow("[data-up]"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !keysAreOn()) return;
  const typing = event.target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');
  if (typing) return;
  const act = (document.querySelector(".beside") ? ON_REVIEW : ON_QUEUE)[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
