// Adds up the JavaScript a first visit to /app/ downloads, and fails above the limit.
// The page's script loads what shows it, and the overview's code at once, so they count as well as the entry.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 200;
const AIM_KB = 130;
const FIRST_PAGES = [
  'src/app/show.tsx',
  'src/pages/overview/OverviewPage.tsx',
  // One language of each: they are loaded before anything is shown.
  'src/i18n/common.pt.ts',
  'src/pages/overview/texts.pt.ts',
];

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

const files = new Set();
function collect(key) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is not in the build manifest; update scripts/size.mjs`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const imported of chunk.imports ?? []) collect(imported);
}
for (const key of ['index.html', ...FIRST_PAGES]) collect(key);

let total = 0;
for (const file of files) {
  const bytes = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${file}`);
}
const kb = total / 1024;
console.log(`${kb.toFixed(1).padStart(7)} KB  first load, gzip (aim ${AIM_KB}, limit ${LIMIT_KB})`);
if (kb > LIMIT_KB) {
  console.error(`First load is over ${LIMIT_KB} KB: load the new code with its page instead.`);
  process.exit(1);
}
