// What a screen on a wall asks. It has a token of an audience of its own and no session: no cookie goes along,
// and the token goes in a header, never into an address.
import createClient from 'openapi-fetch';
import { answer, api } from './client';
import { fromResponse } from './errors';
import type { components, paths } from './schema.gen';

export type Activated = components['schemas']['Activated'];
export type Summary = components['schemas']['WallboardSummary'];
export type Feed = components['schemas']['Feed'];
export type FeedItem = components['schemas']['FeedItem'];
export type VolumeBucket = components['schemas']['VolumeBucket'];
export type ScreenMonitor = components['schemas']['WallboardMonitor'];
export type ScreenAlert = components['schemas']['WallboardAlert'];
export type ScreenErrorRoute = components['schemas']['WallboardErrorRoute'];
export type GridCell = components['schemas']['GridCell'];

/** Which part of what the screen may show. */
export interface Part {
  project_id?: string;
  environment?: string;
}

const alone = { credentials: 'omit' } as const;

function by(token: string, signal: AbortSignal) {
  return { ...alone, headers: { Authorization: `Bearer ${token}` }, signal };
}

/** Turns a code into access, once. */
export function activateScreen(code: string) {
  return answer(api.POST('/v1/wallboard/activate', { ...alone, body: { code } }));
}

/** The next access token. 401 when the screen was ended. */
export function refreshScreen(refresh_token: string) {
  return answer(api.POST('/v1/wallboard/refresh', { ...alone, body: { refresh_token } }));
}

/** Events of the last two hours, five minutes each. */
export async function screenVolume(token: string, query: Part, signal: AbortSignal) {
  const init = { params: { query }, ...by(token, signal) };
  return (await answer(api.GET('/v1/wallboard/volume', init))).data;
}

/** Monitors, those that are down first. They know no environment. */
export async function screenMonitors(token: string, { project_id }: Part, signal: AbortSignal) {
  const query = project_id === undefined ? {} : { project_id };
  const init = { params: { query }, ...by(token, signal) };
  return (await answer(api.GET('/v1/wallboard/health', init))).data;
}

/** Alerts of the last 30 minutes. */
export async function screenAlerts(token: string, query: Part, signal: AbortSignal) {
  const init = { params: { query }, ...by(token, signal) };
  return (await answer(api.GET('/v1/wallboard/alerts', init))).data;
}

/** Routes with errors in the last hour. */
export async function screenErrorRoutes(token: string, query: Part, signal: AbortSignal) {
  const init = { params: { query }, ...by(token, signal) };
  return (await answer(api.GET('/v1/wallboard/error-routes', init))).data;
}

/** Each project the screen shows: those in trouble first. */
export async function screenGrid(token: string, query: Part, signal: AbortSignal) {
  const init = { params: { query }, ...by(token, signal) };
  return (await answer(api.GET('/v1/wallboard/grid', init))).data;
}

export async function screenProjects(token: string, signal: AbortSignal) {
  return (await answer(api.GET('/v1/wallboard/projects', by(token, signal)))).data;
}

/** Without the deadline of other requests: a stream stays open. Whoever reads it watches over it. */
const streams = createClient<paths>({ baseUrl: window.location.origin });

/** The bytes of the stream; EventSource could send no token but in the address. */
export async function openScreenStream(
  token: string,
  query: Part,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { error, response, data } = await streams.GET('/v1/wallboard/stream', {
    params: { query },
    parseAs: 'stream',
    ...by(token, signal),
  });
  if (!response.ok || data === undefined || data === null) throw fromResponse(response, error);
  return data;
}
