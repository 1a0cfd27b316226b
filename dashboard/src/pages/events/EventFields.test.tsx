// @vitest-environment jsdom
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { parseRaw } from '../../json/raw';
import { EventFields } from './EventFields';
import { eventsTexts } from './texts';

beforeAll(() => eventsTexts.load());
afterEach(cleanup);

const EVENT = `{
  "id": "e1", "method": "POST", "path": "/a?x=<b>", "status_code": 502, "response_time": 1240,
  "identifier": "O'Brien", "service_name": "checkout", "user_type": "", "query_params": null,
  "request_body": {"id": 9007199254740993, "html": "<img src=x onerror=alert(1)>"},
  "mask_rules": 7
}`;

function show() {
  const onFilter = vi.fn();
  const view = render(<EventFields event={parseRaw(EVENT)} onFilter={onFilter} />);
  return { onFilter, ...view };
}

it('shows bodies to the digit and as text', () => {
  const { container } = show();
  const body = screen.getByRole('group', { name: 'Request body, JSON' }).textContent;
  expect(body).toContain('"id": 9007199254740993');
  expect(body).toContain('"html": "<img src=x onerror=alert(1)>"');
  expect(container.querySelector('img')).toBeNull();
  expect(screen.getByText('/a?x=<b>')).toBeTruthy();
});

it('leaves empty fields out and keeps fields it does not know', () => {
  show();
  expect(screen.queryByText('Kind of user')).toBeNull();
  expect(screen.queryByText('Query parameters')).toBeNull();
  expect(within(screen.getByRole('region', { name: 'mask_rules' })).getByText('7')).toBeTruthy();
});

it.each([
  ['Service', { service: ['checkout'] }],
  ['Status', { status: ['502'], class: undefined }],
  ['User', { identifier: ["O'Brien"] }],
])('filters by the %s', async (name, filter) => {
  const { onFilter } = show();
  await userEvent.click(screen.getByRole('button', { name: `Filter by: ${name}` }));
  expect(onFilter).toHaveBeenCalledWith(filter);
});
