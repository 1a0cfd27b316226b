import { reload } from './browser/reload';
import { markPage } from './i18n/language';
import { begin } from './start/begin';
import './styles/index.css';

// After an upgrade the chunks of the old build are gone: load the new page, but never in a loop.
window.addEventListener('vite:preloadError', () => reload('bataudit-reloaded-at', 60_000));

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
markPage();
// This file and what it imports know neither the router nor the DOM's renderer, which are most of the code.
const ready = begin(window.location);
const { show } = await import('./app/show');
await ready;
show(root);
