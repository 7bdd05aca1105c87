// The page works without its gateway: its files from the cache, the last answers too, and nothing can be changed then.
const kCache = 'sunherd-1';
const kNoCopy = ['/export/', '/openapi.json', '/login', '/logout', '/ws/'];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(kCache).then((cache) => cache.addAll(['./', './icon.svg', './manifest.webmanifest'])));
  self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== kCache).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function fresh(request) {
  const cache = await caches.open(kCache);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const copy = await cache.match(request, { ignoreVary: true });
    if (copy) return copy;
    throw error;
  }
}

async function cached(request) {
  const cache = await caches.open(kCache);
  return (await cache.match(request)) ?? fresh(request);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || kNoCopy.some((part) => url.pathname.includes(part))) return;
  event.respondWith(url.pathname.includes('/assets/') ? cached(request) : fresh(request));
});
