// A scanner that types is faster than a hand: what it typed is sent once it is whole and the keys are still. Without scripts the
// button does it.
"use strict";

const QUIET_MS = 250;
const ZONE_SIZES = [72, 88, 90]; // characters of a passport's, a visa's or a card's lines together
const form = document.querySelector("[data-scan-form]");
const field = form && form.querySelector("[data-scan]");
const photo = form && form.querySelector("[data-photo]");
let ended = false;
let waiting = 0;

function whole(text) {
  if (/^[A-Za-z0-9]{2,4}:/.test(text)) return true;
  return ZONE_SIZES.includes(text.replace(/\s/g, "").length);
}

if (field) {
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") ended = true;
    if (!ended) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      ended = false;
      if (whole(field.value.trim())) form.requestSubmit();
    }, QUIET_MS);
  });
}
// A telephone would cover the screen with its keyboard, and a focus that scrolls would hide the answer.
if (field && matchMedia("(pointer: fine)").matches) field.focus({ preventScroll: true });
if (photo) photo.addEventListener("change", () => photo.files.length && form.requestSubmit());

const shown = document.querySelector("[data-verdict]");
const PATTERNS = { green: [80], amber: [120, 80, 120], red: [300, 100, 300] };
if (shown && navigator.vibrate) navigator.vibrate(PATTERNS[shown.dataset.verdict]);
