// What a test does beside the browser: as a person at the API, as an application at the gateway.

export interface Person {
  email: string;
  password: string;
}

/** A session of a person, by bearer token. */
export class Api {
  private constructor(
    private readonly base: string,
    private readonly token: string,
  ) {}

  static async login(base: string, { email, password }: Person): Promise<Api> {
    const response = await fetch(`${base}/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    return new Api(base, (await checked<{ token: string }>(response)).token);
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return checked<T>(response);
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('POST', path, body);
  }
}

/** Posts events as an application does; returns when they are acknowledged. */
export async function send(ingest: string, key: string, events: readonly object[]): Promise<void> {
  const response = await fetch(`${ingest}/v1/audit/batch`, {
    method: 'POST',
    headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
    body: JSON.stringify(events),
  });
  await checked(response);
}

async function checked<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
