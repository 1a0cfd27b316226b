// Shows what sentinel pushes to this browser, and opens the page it is about. Kept out of the bundle: the
// address of a worker has to stay the same. It fetches nothing and serves nothing.

const HOME = new URL('./', self.location.href).href;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  const { title, body, url } = read(event.data);
  const options = { body, data: { url } };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(inside(event.notification.data?.url)));
});

// A browser takes the permission away from who gets a message and shows nothing: something is always shown.
function read(data) {
  try {
    const { title, body, url } = data.json();
    return { title: String(title ?? 'BatAudit'), body: String(body ?? ''), url };
  } catch {
    return { title: 'BatAudit', body: '', url: undefined };
  }
}

// Only pages of ours are opened, whatever a message says.
function inside(url) {
  try {
    const wanted = new URL(String(url ?? HOME), HOME).href;
    return wanted.startsWith(HOME) ? wanted : HOME;
  } catch {
    return HOME;
  }
}

async function open(url) {
  const pages = await self.clients.matchAll({ type: 'window' });
  const page = pages.find((each) => each.url.startsWith(HOME));
  if (page === undefined) return self.clients.openWindow(url);
  await page.focus();
  return page.navigate(url);
}
