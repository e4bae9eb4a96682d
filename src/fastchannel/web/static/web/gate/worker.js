// The service worker: keeps the application's own files, so that the page opens without a link. It never keeps an answer about
// anybody: what it may keep is the list that the node wrote before this line (`BUILD`), and nothing is added later.
/* global BUILD */
"use strict";

const NAME = `fastchannel-gate-${BUILD.version}`;
const SHELL = "/gate/";
const KEPT = new Set([SHELL, ...BUILD.files]);

self.addEventListener("install", (event) => {
  const requests = [...KEPT].map((path) => new Request(path, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      await Promise.all(
        names.filter((name) => name.startsWith("fastchannel-gate-") && name !== NAME).map((name) => caches.delete(name)),
      );
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || !KEPT.has(url.pathname)) return;
  event.respondWith(caches.open(NAME).then(async (cache) => (await cache.match(url.pathname)) ?? fetch(event.request)));
});
