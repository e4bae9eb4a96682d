// New versions of the application: fetched by the service worker, taken while the device is locked. The store is not touched.

const LOOK_MS = 60 * 60_000;

export class Updates {
  /** @param {string} worker the service worker's address */
  constructor(worker) {
    this.worker = worker;
    this.registration = null;
    this.taking = false;
  }

  register() {
    if (!("serviceWorker" in navigator)) return;
    navigator.serviceWorker.addEventListener("controllerchange", () => this.taking && location.reload());
    navigator.serviceWorker.register(this.worker, { scope: "/gate/", updateViaCache: "none" }).then(
      (found) => (this.registration = found),
      () => {}, // the page works without it while there is a link
    );
    setInterval(() => this.look(), LOOK_MS);
  }

  /** Asks the node for a new version. */
  async look() {
    await this.registration?.update().catch(() => {});
  }

  /** Takes a new version that waits; the page is loaded anew, so nobody may be at work. */
  take() {
    const waiting = this.registration?.waiting;
    if (!waiting) return;
    this.taking = true;
    waiting.postMessage("take-over");
  }
}
