// New versions of the application: fetched by the service worker, taken while the device is locked. The store is not touched.

const LOOK_MS = 60 * 60_000;

export class Updates {
  /** @param {string} worker the service worker's address */
  constructor(worker) {
    this.worker = worker;
    this.registration = null;
    this.idle = true; // nobody is at work: the page may be loaded anew
    this.taking = false;
  }

  register() {
    if (!("serviceWorker" in navigator)) return;
    navigator.serviceWorker.addEventListener("controllerchange", () => this.taking && location.reload());
    navigator.serviceWorker.register(this.worker, { scope: "/gate/", updateViaCache: "none" }).then(
      (found) => this.watch(found),
      () => {}, // the page works without it while there is a link
    );
    setInterval(() => this.look(), LOOK_MS);
  }

  watch(registration) {
    this.registration = registration;
    registration.addEventListener("updatefound", () => {
      const coming = registration.installing;
      coming?.addEventListener("statechange", () => coming.state === "installed" && this.take());
    });
    this.take();
  }

  /** Whether somebody is at work. @param {boolean} idle */
  rest(idle) {
    this.idle = idle;
    this.take();
  }

  /** Asks the node for a new version. */
  async look() {
    await this.registration?.update().catch(() => {});
  }

  /** Takes a new version that waits, where nobody is at work. */
  take() {
    const waiting = this.registration?.waiting;
    if (!this.idle || !waiting || !navigator.serviceWorker.controller) return;
    this.taking = true;
    waiting.postMessage("take-over");
  }
}
