// The page works without its gateway: its files from the cache, the last answers too, and nothing can be changed then.
// `sunherd-page`: what the page is made of; `sunherd-data`: answers, so many of them.
const kPage = 'sunherd-page-2';
const kData = 'sunherd-data-2';
const kMostAnswers = 60;
const kNoCopy = ['/export/', '/openapi.json', '/login', '/logout', '/ws/'];

// All that the page is made of, at once: it works without its gateway from the first visit on.
async function install() {
  const cache = await caches.open(kPage);
  const page = await fetch('./', { cache: 'no-cache' });
  const files = [...(await page.clone().text()).matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map((found) => found[1]);
  await cache.put('./', page);
  await cache.addAll([...new Set(files)]);
}

self.addEventListener('install', (event) => {
  event.waitUntil(install());
  self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('sunherd-') && ![kPage, kData].includes(name)).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function keep(cache, request, response) {
  await cache.put(request, response);
  const all = await cache.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - kMostAnswers)).map((old) => cache.delete(old)));
}

async function fresh(request, name) {
  const cache = await caches.open(name);
  try {
    const response = await fetch(request);
    if (response.ok) await keep(cache, request, response.clone());
    return response;
  } catch (error) {
    const copy = await cache.match(request, { ignoreVary: true });
    if (copy) return copy;
    throw error;
  }
}

async function cached(request) {
  return (await (await caches.open(kPage)).match(request)) ?? fresh(request, kPage);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || kNoCopy.some((part) => url.pathname.includes(part))) return;
  const data = url.pathname.includes('/api/');
  event.respondWith(url.pathname.includes('/assets/') ? cached(request) : fresh(request, data ? kData : kPage));
});
