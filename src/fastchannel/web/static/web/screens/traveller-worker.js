// The worker of one traveller's link: what was opened once opens without a connection, and answers leave when there is one.
"use strict";

const STATIC = "traveller-static"; // styles, scripts and marks: the same for everybody, so that it names nobody
const PATIENCE_MS = 6000; // then a page that is kept is shown in place of one that does not come
const store = new self.TravellerStore(self.LINK.base);
const names = new Map(Object.entries(self.LINK.pages).map(([name, path]) => [path, name]));

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      await store.put("facts", "expires", Date.parse(self.LINK.expires));
      const kept = await caches.open(STATIC);
      await Promise.all(self.LINK.assets.map(async (path) => keepAsset(kept, path, await fetch(path, { cache: "reload" }))));
      await fromNode(new Request(self.LINK.pages.offline));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data === "claim") event.waitUntil(self.clients.claim());
});

self.addEventListener("sync", (event) => {
  if (event.tag === "answers") event.waitUntil(leave());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && names.has(url.pathname)) event.respondWith(page(request, names.get(url.pathname)));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(asset(request, url.pathname));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => shown("offline")));
});

/** A page of the link: from the node, or as it was when the node last gave it. */
async function page(request, name) {
  const there = (await store.page(name).catch(() => undefined)) !== undefined;
  const asked = fromNode(request, name);
  const answer = await (there ? Promise.race([asked, later(PATIENCE_MS)]) : asked).catch(() => undefined);
  if (answer) return answer;
  asked.then(() => tell({ fresh: true })).catch(() => {}); // it may still come: it is kept then, and shown
  if (await store.ended()) {
    const last = await shown("offline", "data-ended");
    await end();
    return last;
  }
  return there ? shown(name) : shown("offline");
}

/** What the node answers. What it says of the link's end is obeyed, and its pages are kept. */
async function fromNode(request, name = names.get(new URL(request.url).pathname)) {
  const answer = await fetch(request);
  if (answer.headers.get("Fastchannel-Link") === "ended") {
    await end();
    return answer;
  }
  const now = Date.parse(answer.headers.get("Fastchannel-Now") ?? "");
  if (answer.status === 200 && !Number.isNaN(now)) {
    await store.learn(now);
    const text = await answer.clone().text();
    await store.keepPage(name, text);
    await keepNamed(text);
  }
  return answer;
}

async function shown(name, mark = "data-offline") {
  const text = await store.page(name).catch(() => undefined);
  if (text === undefined) return Response.error();
  return new Response(text.replace("<html ", `<html ${mark}="yes" `), { headers: self.LINK.headers });
}

async function asset(request, path) {
  const kept = await caches.open(STATIC);
  const held = await kept.match(path);
  try {
    const asked = fetch(request).then((answer) => keepAsset(kept, path, answer));
    const answer = await (held ? Promise.race([asked, later(PATIENCE_MS)]) : asked);
    if (answer) return answer;
    asked.catch(() => {});
  } catch {
    // no connection: what is kept, if anything is
  }
  return held ?? Response.error();
}

/** Styles and scripts that a page names and that nobody has asked this worker for yet. */
async function keepNamed(text) {
  const kept = await caches.open(STATIC);
  for (const [, path] of text.matchAll(/(?:src|href)="(\/static\/[^"#?]+)/g)) {
    if (!(await kept.match(path))) await fetch(path).then((answer) => keepAsset(kept, path, answer)).catch(() => {});
  }
}

async function keepAsset(kept, path, answer) {
  if (answer.ok) await kept.put(path, answer.clone()); // by its path alone: who asked, and from which page, is not kept
  return answer;
}

async function leave() {
  const outcome = await store.send();
  if (outcome === "ended") await end();
  await tell({ answers: outcome });
  if (outcome === "later") throw new Error("no connection"); // the browser asks again
}

async function tell(message) {
  for (const client of await self.clients.matchAll()) client.postMessage(message);
}

/** The link has ended: nothing of it stays on the phone. */
async function end() {
  await store.clear();
  await self.registration.unregister();
}

function later(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
