// Turns every failure of a request into one ApiError: a sentence for the reader, the code and
// request id for support, and the status for the code that has to decide.
import { common } from '../i18n/common';

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  /** The field or parameter at fault, where the server names one. */
  readonly parameter: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(init: {
    message: string;
    status: number;
    code: string;
    requestId?: string | undefined;
    parameter?: string | undefined;
    retryAfterSeconds?: number | undefined;
  }) {
    super(init.message);
    this.name = 'ApiError';
    this.status = init.status;
    this.code = init.code;
    this.requestId = init.requestId;
    this.parameter = init.parameter;
    this.retryAfterSeconds = init.retryAfterSeconds;
  }
}

/** Builds the error for an answer outside 2xx. `body` may be anything a proxy sends. */
export function fromResponse(response: Response, body: unknown): ApiError {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const retryAfterSeconds = retryAfter(response.headers.get('retry-after'));
  return new ApiError({
    message: sentence(
      said(text(fields['code'])) ?? text(fields['error']) ?? fallback(response.status),
    ),
    status: response.status,
    code: text(fields['code']) ?? `HTTP ${response.status}`,
    requestId: text(fields['request_id']) ?? text(response.headers.get('x-request-id')),
    parameter: text(fields['parameter']),
    retryAfterSeconds,
  });
}

/** Builds the error for a request that got no answer at all. */
export function fromException(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  if (nameOf(cause) === 'TimeoutError') {
    return new ApiError({
      message: common.t('errorTimeout'),
      status: 0,
      code: 'timeout',
    });
  }
  return new ApiError({
    message: common.t('errorUnreachable'),
    status: 0,
    code: 'unreachable',
  });
}

/** The name of what was thrown; a DOMException is not an Error everywhere. */
export function nameOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('name' in cause)) return '';
  return String(cause.name);
}

/** What to tell the reader where there is room for one sentence. */
export function messageOf(error: unknown): string {
  return error instanceof ApiError ? error.message : common.t('errorOwn');
}

/** True for an answer that means "sign in first". */
export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

/** True for an answer that means "not with this role": asking again changes nothing. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}

/** Only failures that may pass by themselves are worth a second try. */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 502);
}

/** What the server always says in the same words, in the reader's language. */
function said(code: string | undefined): string | undefined {
  switch (code) {
    case 'store_unavailable':
      return common.t('errorStoreUnavailable');
    case 'store_overloaded':
      return common.t('errorStoreOverloaded');
    case 'query_timeout':
      return common.t('errorQueryTimeout');
    case 'control_unavailable':
      return common.t('errorControlUnavailable');
    case 'internal':
      return common.t('errorServer');
    default:
      return undefined;
  }
}

function fallback(status: number): string {
  if (status === 403) return common.t('errorForbidden');
  if (status === 404) return common.t('errorNotFound');
  if (status === 429) return common.t('errorTooMany');
  if (status >= 500) return common.t('errorServer');
  return common.t('errorRefused', { status: String(status) });
}

function sentence(value: string): string {
  const capital = value.charAt(0).toUpperCase() + value.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
