// The little HTTP the mock needs: a route table with typed answers, and errors in our envelope.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { paths } from '../../src/api/schema.gen';

type Method = 'get' | 'post' | 'delete';

type Answers<Path extends keyof paths, Verb extends Method> = paths[Path] extends {
  [K in Verb]: { responses: infer R };
}
  ? R
  : never;

type JsonOf<R> = R extends { content: { 'application/json': infer Body } } ? Body : never;

/** What a route may answer with success, according to the schema. */
export type Success<Path extends keyof paths, Verb extends Method> = {
  [Status in 200 | 201]: Status extends keyof Answers<Path, Verb>
    ? {
        status: Status;
        body: JsonOf<Answers<Path, Verb>[Status]>;
        headers?: Record<string, string>;
      }
    : never;
}[200 | 201];

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  params: Record<string, string>;
  body: unknown;
}

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

export interface Route {
  method: string;
  pattern: RegExp;
  open: boolean;
  /** Gives nothing when it has answered by itself. */
  handle: (
    call: Call,
  ) => { status: number; body: unknown; headers?: Record<string, string> } | undefined;
}

export function route<Path extends keyof paths & string, Verb extends Method>(
  method: Verb,
  path: Path,
  handle: (call: Call) => Success<Path, Verb>,
  { open = false } = {},
): Route {
  const pattern = new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
  return { method: method.toUpperCase(), pattern, open, handle };
}

export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

export function cookie(request: IncomingMessage, name: string): string | undefined {
  const found = new RegExp(`(?:^|; )${name}=([^;]*)`).exec(request.headers.cookie ?? '');
  return found?.[1];
}
