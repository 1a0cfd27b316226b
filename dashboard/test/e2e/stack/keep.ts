// `npm run e2e:stack`: starts and fills the product, writes where it is, and runs until Ctrl-C. While it
// runs, `BATAUDIT_E2E_STACK=<that file> npm run e2e -- pages/events.spec.ts` needs no start of its own.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { addresses } from './addresses';
import { up } from './up';

const file = fileURLToPath(new URL('../../../../target/e2e/stack.json', import.meta.url));
const { stack, stop } = await up(addresses(), 'kept');
writeFileSync(file, JSON.stringify(stack));
console.log(`${stack.addresses.api}/app/ is up, as ${stack.owner.email} / ${stack.owner.password}`);
console.log(`BATAUDIT_E2E_STACK=${file}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stop().then(() => process.exit(0)));
}
