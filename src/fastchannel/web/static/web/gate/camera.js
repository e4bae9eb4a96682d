// Codes in front of the camera, or in a picture, where the browser reads them itself.

const EVERY_MS = 120;
const MOST_PIXELS = 2_000;

/** Whether this browser reads codes. */
export function readsCodes() {
  return "BarcodeDetector" in window;
}

/** Whether the camera can be looked through. */
export function hasCamera() {
  return readsCodes() && Boolean(navigator.mediaDevices?.getUserMedia);
}

/** The text of the first code in a picture; "" where there is none, or the browser reads none. @param {Blob} picture */
export async function codeIn(picture) {
  if (!readsCodes()) return "";
  try {
    const image = await createImageBitmap(picture);
    return (await detector().detect(image))[0]?.rawValue ?? "";
  } catch {
    return "";
  }
}

/** The picture with no side longer than MOST_PIXELS, for the way to the node; as it is where it cannot be drawn. @param {Blob} picture */
export async function smaller(picture) {
  try {
    const image = await createImageBitmap(picture);
    const scale = Math.min(1, MOST_PIXELS / Math.max(image.width, image.height));
    const canvas = new OffscreenCanvas(Math.round(image.width * scale), Math.round(image.height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  } catch {
    return picture;
  }
}

export class Camera {
  /** @param {HTMLVideoElement} video @param {(text: string) => void} found */
  constructor(video, found) {
    this.video = video;
    this.found = found;
    this.stream = null;
    this.timer = 0;
  }

  /** Throws where the camera is refused or taken. */
  async start() {
    const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
    this.stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    this.video.srcObject = this.stream;
    await this.video.play();
    this.look(detector());
  }

  stop() {
    clearTimeout(this.timer);
    this.stream?.getTracks().forEach((one) => one.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  async look(reader) {
    if (!this.stream) return;
    try {
      const text = this.video.readyState >= 2 ? (await reader.detect(this.video))[0]?.rawValue : "";
      if (text && this.stream) return this.found(text);
    } catch {
      // a frame that could not be read: the next one may be
    }
    this.timer = setTimeout(() => this.look(reader), EVERY_MS);
  }
}

function detector() {
  return new BarcodeDetector({ formats: ["qr_code"] });
}
