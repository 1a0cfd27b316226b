// The token of a screen: fetched anew before it is over, and once more when the server does not take it.
import { ApiError } from '../../api/errors';

/** The screen was revoked, or not used for 30 days: a new code is needed. */
export class ScreenEnded extends Error {
  constructor() {
    super('the screen was ended');
    this.name = 'ScreenEnded';
  }
}

interface Access {
  access_token: string;
  /** Seconds. */
  expires_in: number;
}

/** A token is not used in its last minute. */
const EARLY_MS = 60_000;

export class ScreenSession {
  private held: { token: string; until: number } | undefined;
  private fetching: Promise<string> | undefined;

  /** `clock` gives milliseconds that only go forward: a television's clock may jump. */
  constructor(
    private readonly fetchNext: () => Promise<Access>,
    first?: Access,
    private readonly clock: () => number = () => performance.now(),
  ) {
    if (first !== undefined) this.hold(first);
  }

  /** Does something with a token. Throws `ScreenEnded` when there is none to be had any more. */
  async with<T>(ask: (token: string) => Promise<T>): Promise<T> {
    const token = await this.token();
    try {
      return await ask(token);
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (this.held?.token === token) this.held = undefined;
    }
    const next = await this.token();
    try {
      return await ask(next);
    } catch (error) {
      // Fetched this moment, and refused all the same: it was revoked in between.
      throw isRefused(error) ? new ScreenEnded() : error;
    }
  }

  private token(): Promise<string> {
    if (this.held !== undefined && this.clock() < this.held.until - EARLY_MS) {
      return Promise.resolve(this.held.token);
    }
    // However many ask at once, one fetches.
    this.fetching ??= this.fetchNext()
      .then(
        (access) => this.hold(access),
        (error: unknown) => {
          // Only an answer ends a screen; without one it is tried again.
          throw isRefused(error) ? new ScreenEnded() : error;
        },
      )
      .finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private hold({ access_token, expires_in }: Access): string {
    this.held = { token: access_token, until: this.clock() + expires_in * 1_000 };
    return access_token;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
