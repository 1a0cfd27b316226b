// A query-api made of memory: the same addresses and answers, typed by the same OpenAPI document.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { authRoutes, isSignedIn } from './auth';
import { controlRoutes } from './control';
import { eventRoutes } from './events';
import { Refusal, type Route, readBody } from './http';
import { keyRoutes } from './keys';
import { projectRoutes } from './projects';
import { type State, fresh } from './state';
import { serveStatic } from './static';
import { streamRoutes } from './stream';

export interface MockApi {
  server: Server;
  state: () => State;
}

export function createMockApi(): MockApi {
  let current = fresh(Date.now());
  const state = () => current;
  const routes = [
    ...controlRoutes(state, (next) => {
      current = next;
    }),
    ...authRoutes(state),
    ...projectRoutes(state),
    ...keyRoutes(state),
    ...streamRoutes(state),
    ...eventRoutes(state),
  ];
  const server = createServer((request, response) => {
    answer(routes, state, request, response).catch((error: unknown) => refuse(response, error));
  });
  return { server, state };
}

async function answer(
  routes: readonly Route[],
  state: () => State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!/^\/(v1|mock)\//.test(url.pathname)) return serveStatic(url.pathname, response);
  for (const { method, pattern, open, handle } of routes) {
    const match = pattern.exec(url.pathname);
    if (match === null || method !== request.method) continue;
    const control = url.pathname.startsWith('/mock/');
    if (!control && state().down) throw new Refusal(503, 'store_unavailable', 'the store is down');
    if (!open && !isSignedIn(state(), { request })) {
      throw new Refusal(401, 'BAT-005', 'missing or invalid session');
    }
    if (!control && method !== 'GET' && request.headers['x-requested-with'] !== 'bataudit') {
      throw new Refusal(403, 'forbidden', 'X-Requested-With is missing');
    }
    const body = method === 'GET' ? undefined : await readBody(request);
    const result = handle({ request, response, url, params: match.groups ?? {}, body });
    if (result === undefined) return;
    response.writeHead(result.status, { 'Content-Type': 'application/json', ...result.headers });
    response.end(JSON.stringify(result.body));
    return;
  }
  throw new Refusal(404, 'not_found', 'not found');
}

function refuse(response: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal ? error : new Refusal(500, 'internal', 'the mock broke');
  if (!(error instanceof Refusal)) console.error(error);
  response.writeHead(refusal.status, { 'Content-Type': 'application/json', ...refusal.headers });
  response.end(
    JSON.stringify({ error: refusal.message, code: refusal.code, request_id: 'bat-mock' }),
  );
}
