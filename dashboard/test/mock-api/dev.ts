// `npm run dev:mock`: the development server in front of the mock, with an event now and then.
import { createServer } from 'vite';
import { PASSWORD } from './state';
import { arrive } from './control';
import { createMockApi } from './server';

const API_PORT = 5199;
const SERVICES = ['checkout', 'catalog', 'accounts', 'payments'];

const { server, state } = createMockApi();
server.listen(API_PORT, '127.0.0.1');
process.env['BATAUDIT_API'] = `http://127.0.0.1:${API_PORT}`;

let turn = 0;
setInterval(() => {
  turn += 1;
  arrive(state(), {
    service_name: SERVICES[turn % SERVICES.length] ?? 'checkout',
    path: `/orders/${turn}`,
    status_code: turn % 7 === 0 ? 500 : 200,
  });
}, 2_000);

const vite = await createServer();
await vite.listen();
vite.printUrls();
console.log(`  Sign in as ${state().user.email} with “${PASSWORD}”`);
