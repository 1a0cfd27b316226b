// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { common } from '../i18n/common';
import { setLanguage } from '../i18n/language';
import { ApiError, fromException, fromResponse, isTransient, isUnauthenticated } from './errors';

describe('fromResponse', () => {
  it('takes sentence, code and request id from the body', () => {
    const error = fromResponse(new Response(null, { status: 401 }), {
      error: 'invalid credentials',
      code: 'BAT-005',
      request_id: 'bat-1',
    });
    expect(error).toMatchObject({
      message: 'Invalid credentials.',
      code: 'BAT-005',
      status: 401,
      requestId: 'bat-1',
    });
    expect(isUnauthenticated(error)).toBe(true);
  });

  it('says in the reader’s language what the server always says alike', async () => {
    const body = {
      error: 'the event store does not answer; try again in a moment',
      code: 'store_unavailable',
    };
    const told = () => fromResponse(new Response(null, { status: 503 }), body).message;
    expect(told()).toBe('The event store does not answer. Try again in a moment.');
    await setLanguage('pt', common.load);
    expect(told()).toBe('O banco de eventos não responde. Tente de novo daqui a pouco.');
    await setLanguage('en', common.load);
  });

  it('reads Retry-After', () => {
    const response = new Response(null, { status: 429, headers: { 'Retry-After': '30' } });
    expect(fromResponse(response, {}).retryAfterSeconds).toBe(30);
  });

  it.each([undefined, null, '<html>502</html>', 12, { error: 7 }, { error: '' }])(
    'survives a body that is not ours: %j',
    (body) => {
      const error = fromResponse(new Response(null, { status: 502 }), body);
      expect(error.message).toMatch(/could not answer/);
      expect(error.code).toBe('HTTP 502');
      expect(isTransient(error)).toBe(true);
    },
  );
});

describe('fromException', () => {
  it('tells a timeout from an unreachable server', () => {
    expect(fromException(new DOMException('x', 'TimeoutError')).code).toBe('timeout');
    expect(fromException(new TypeError('Failed to fetch')).code).toBe('unreachable');
  });

  it('keeps an ApiError as it is, and does not call a refusal transient', () => {
    const refused = new ApiError({ message: 'No.', status: 403, code: 'forbidden' });
    expect(fromException(refused)).toBe(refused);
    expect(isTransient(refused)).toBe(false);
  });
});
