// A scanner at the USB socket types: keys that come faster than fingers, and then Enter. It is heard wherever the focus is.

const FAST_MS = 50; // between two keys; a fast typist needs 100
const LEAST = 8;
const ZONE_LINE = /^[A-Z0-9<]{30}$|^[A-Z0-9<]{36}$|^[A-Z0-9<]{44}$/i;
const NEXT_LINE_MS = 400; // a scanner of passports sends each line with its own Enter

export class Wedge {
  /** @param {(text: string) => void} scanned */
  constructor(scanned) {
    this.scanned = scanned;
    this.typed = "";
    this.lastMs = 0;
    this.lines = [];
    this.timer = 0;
    this.heard = (event) => this.hear(event);
  }

  start() {
    document.addEventListener("keydown", this.heard, { capture: true });
  }

  stop() {
    document.removeEventListener("keydown", this.heard, { capture: true });
    clearTimeout(this.timer);
    this.typed = "";
    this.lines = [];
  }

  hear(event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const quick = event.timeStamp - this.lastMs < FAST_MS;
    if (event.key === "Enter") {
      if (quick && this.typed.length >= LEAST) this.take(event);
      this.typed = "";
      return;
    }
    if (event.key.length !== 1) return; // Shift and the like
    this.typed = quick ? this.typed + event.key : event.key;
    this.lastMs = event.timeStamp;
    // A space presses the button that has the focus, and codes hold spaces.
    if (event.key === " " && this.typed.length > 3 && !(event.target instanceof HTMLInputElement)) event.preventDefault();
  }

  take(event) {
    event.preventDefault();
    event.stopPropagation();
    if ("value" in event.target && event.target.value.endsWith(this.typed)) {
      event.target.value = event.target.value.slice(0, -this.typed.length);
    }
    this.lines.push(this.typed);
    clearTimeout(this.timer);
    const more = ZONE_LINE.test(this.typed) && this.lines.length < 3;
    this.timer = setTimeout(() => this.give(), more ? NEXT_LINE_MS : 0);
  }

  give() {
    const text = this.lines.join("\n");
    this.lines = [];
    this.scanned(text);
  }
}
