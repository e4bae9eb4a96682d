// Dragging a card fills in the form that every card has; without scripts the form does the same.
"use strict";

let dragged = null;
let dropped = ""; // on which column

function columns() {
  return document.querySelectorAll("[data-column]");
}

function takes(column, card) {
  const to = column.dataset.column;
  if (column.contains(card)) return false;
  return to === "none" || card.dataset.flights.split(" ").includes(to);
}

function propose(card, to) {
  const move = card.querySelector("details.move");
  const select = move.querySelector("select");
  const option = [...select.options].find((one) => one.value === to || one.value.startsWith(`${to}|`));
  if (!option) return;
  select.value = option.value;
  move.open = true;
  move.querySelector("textarea").focus();
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(".board-card[draggable]");
  if (!card) return;
  dragged = card;
  card.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.need);
  for (const column of columns()) column.classList.toggle("open-to", takes(column, card));
});

document.addEventListener("dragover", (event) => {
  const column = event.target.closest?.("[data-column]");
  if (!dragged || !column || !takes(column, dragged)) return;
  event.preventDefault();
  for (const one of columns()) one.classList.toggle("over", one === column);
});

document.addEventListener("drop", (event) => {
  const column = event.target.closest?.("[data-column]");
  if (!dragged || !column || !takes(column, dragged)) return;
  event.preventDefault();
  dropped = column.dataset.column;
});

// Only after the drag is over may anything have the focus.
document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  if (dragged && dropped) propose(dragged, dropped);
  dragged = null;
  dropped = "";
  for (const column of columns()) column.classList.remove("open-to", "over");
});

// A refusal is an answer: the board with the reason on top takes the place of the old one.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// The answer goes on asking for itself: it must not take away a form that somebody is filling in.
document.addEventListener("htmx:beforeRequest", (event) => {
  const asks = event.target.id === "allocation" && event.detail.requestConfig.verb === "get";
  if (asks && document.querySelector("details.move[open]")) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", () => document.getElementById("fault")?.focus());
