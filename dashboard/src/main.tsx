import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/errors';
import { App, begin } from './app/App';
import { markPage } from './i18n/language';
import './styles/index.css';

// After an upgrade the chunks of the old build are gone: load the new page, but never in a loop.
const RELOADED = 'bataudit-reloaded-at';
window.addEventListener('vite:preloadError', () => {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < 60_000) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  window.location.reload();
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
markPage();
// The texts of the frame and of errors come first: whatever happens next may need them.
await begin();
createRoot(root, {
  // A failed request is shown by the page that made it; only a fault of ours belongs in the console.
  onCaughtError: (error) => {
    if (!(error instanceof ApiError)) reportError(error);
  },
}).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
