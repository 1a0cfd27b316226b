// Somebody else's service: takes what is sent to it, and answers with the status it is told to.
import { once } from 'node:events';
import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver {
  url: string;
  /** `127.0.0.1:<port>`. */
  host: string;
  calls: Call[];
  answer: (status: number) => void;
  stop: () => void;
}

export async function startReceiver(): Promise<Receiver> {
  const calls: Call[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      calls.push({ headers: request.headers, body });
      response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`answered ${status}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}/in`,
    host,
    calls,
    answer: (next) => (status = next),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
