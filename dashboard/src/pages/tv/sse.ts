// Reads server-sent events out of pieces of text, as they come.

export interface SseMessage {
  event: string;
  data: string;
}

/** No message of a screen is nearly as long: what goes on beyond this is not such a stream. */
export const MOST_CHARS = 1_000_000;

export class SseParser {
  private rest = '';
  private event = '';
  private data: string[] = [];
  private held = 0;

  /** The messages that are complete with this piece. Throws when one never ends. */
  push(piece: string): SseMessage[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    const messages = lines.flatMap((line) => this.line(line) ?? []);
    if (this.rest.length + this.held > MOST_CHARS) throw new Error('a message that does not end');
    return messages;
  }

  private line(line: string): SseMessage | undefined {
    if (line === '') return this.end();
    const colon = line.indexOf(':');
    // A line that begins with a colon is a comment: it keeps the connection alive.
    if (colon === 0) return undefined;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.event = value;
    if (name === 'data') {
      this.data.push(value);
      this.held += value.length;
    }
    return undefined;
  }

  private end(): SseMessage | undefined {
    const { event, data } = this;
    this.event = '';
    this.data = [];
    this.held = 0;
    return data.length === 0 ? undefined : { event: event || 'message', data: data.join('\n') };
  }
}
