// Samples for a dry run, and what masking changed in one.
import { toText } from '../../../json/lines';
import { type RawJson, decodeString, member } from '../../../json/raw';

/** The fields of an event that may hold a secret (docs/MASKING.md); a sample has no others. */
const FIELDS = [
  'path',
  'query_params',
  'path_params',
  'request_body',
  'response_body',
  'error_message',
  'user_agent',
  'user_roles',
  'user_name',
  'user_email',
  'user_type',
  'environment',
  'identifier',
  'tenant_id',
  'request_id',
  'session_id',
];

/** What a stored event shows of these fields, as a sample to edit. */
export function sampleOf(event: RawJson): string {
  const members = FIELDS.flatMap((field) => {
    const value = member(event, field);
    const holds = value !== undefined && !isEmpty(value);
    return holds ? [{ rawKey: JSON.stringify(field), value }] : [];
  });
  return toText({ kind: 'object', members });
}

function isEmpty(value: RawJson): boolean {
  if (value.kind === 'object') return value.members.length === 0;
  if (value.kind === 'array') return value.items.length === 0;
  return value.raw === 'null' || value.raw === '""';
}

export interface Change {
  /** The place as a rule names it: a JSON pointer. */
  path: string;
  sent: string;
  stored: string;
}

/** Where what is stored differs from what was sent. */
export function compare(sent: RawJson, stored: RawJson, path = ''): Change[] {
  if (sent.kind === 'object' && stored.kind === 'object') {
    return sent.members.flatMap(({ rawKey, value }) => {
      const key = decodeString(rawKey);
      const found = member(stored, key);
      return found === undefined ? [] : compare(value, found, `${path}/${escape(key)}`);
    });
  }
  if (sent.kind === 'array' && stored.kind === 'array') {
    return sent.items.flatMap((item, index) => {
      const found = stored.items[index];
      return found === undefined ? [] : compare(item, found, `${path}/${index}`);
    });
  }
  return isSame(sent, stored) ? [] : [{ path, sent: shown(sent), stored: shown(stored) }];
}

function isSame(a: RawJson, b: RawJson): boolean {
  // The server may write the same number in other digits.
  if (a.kind === 'number' && b.kind === 'number') return Number(a.raw) === Number(b.raw);
  return a.kind === b.kind && shown(a) === shown(b);
}

function shown(value: RawJson): string {
  return value.kind === 'string' ? decodeString(value.raw) : toText(value);
}

function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
