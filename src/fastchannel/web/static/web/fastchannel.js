// Small conveniences; every page works without them.
"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-print]");
  if (button) window.print();
});

// A second press must not send a form twice while the first is on its way (the server would notice, but the user waits).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  const download = event.submitter && "download" in event.submitter.dataset; // the page stays, so the form must stay usable
  if (form.method === "post" && !download) form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;

// A slider says its value in the words that stand beside it.
function nameSliders() {
  for (const slider of document.querySelectorAll("input[data-said]")) {
    const said = document.getElementById(slider.dataset.said);
    if (said) slider.setAttribute("aria-valuetext", said.textContent.trim());
  }
}
nameSliders();
document.addEventListener("htmx:afterSettle", nameSliders);

// The menu shuts when one goes elsewhere; without scripts its own button shuts it.
const menu = document.querySelector(".menu-all");
if (menu) {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// Where the machine has no font for a script, Chromium keeps the empty boxes that it drew before ours came, with words of one
// style shaped once for all. A thousandth of a pixel between words is another style, and nobody sees it.
let fontsCame = 0;
function shapeAnew() {
  fontsCame += 1;
  document.documentElement.style.wordSpacing = `${fontsCame / 1000}px`;
}
document.fonts.addEventListener("loadingdone", (event) => { if (event.fontfaces.length) shapeAnew(); });
if ([...document.fonts].some((face) => face.status === "loaded")) shapeAnew(); // they came before this script did
