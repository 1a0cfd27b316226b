// Puts beside each text in dist what query-api sends of it to browsers that take it: <file>.br and <file>.gz. Once, here,
// and as small as it gets, instead of at each request.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const TEXT = /\.(js|css|html|svg|json|webmanifest)$/;
/** Below this the headers are most of an answer. */
const WORTH_BYTES = 512;

const dist = fileURLToPath(new URL('../dist', import.meta.url));
for (const { name, parentPath } of readdirSync(dist, { withFileTypes: true, recursive: true })) {
  // What begins with a dot is for scripts.
  if (!TEXT.test(name) || parentPath.endsWith('/.vite')) continue;
  const path = `${parentPath}/${name}`;
  const text = readFileSync(path);
  if (text.length < WORTH_BYTES) continue;
  // The most of both unless told: level 11 and level 9.
  writeFileSync(`${path}.br`, brotliCompressSync(text));
  writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
}
