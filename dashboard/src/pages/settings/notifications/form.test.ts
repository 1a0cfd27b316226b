import { expect, it } from 'vitest';
import { hostOf, readForm } from './form';

function form(fields: Record<string, string>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.append(name, value);
  return made;
}

it('reads an address of each kind', () => {
  const url = ' https://hooks.example.com/a ';
  expect(readForm(form({ url, secret: '' }), 'webhook', 'p')).toEqual({
    project_id: 'p',
    type: 'webhook',
    url: 'https://hooks.example.com/a',
  });
  expect(readForm(form({ url, secret: 'a secret' }), 'webhook', 'p').secret).toBe('a secret');
  expect(readForm(form({ url, secret: 'a secret' }), 'slack', 'p').secret).toBeUndefined();
  expect(readForm(form({ url: 'a@b.c' }), 'email', 'p').url).toBe('mailto:a@b.c');
});

it.each([
  ['https://hooks.example.com/…', 'hooks.example.com'],
  ['http://127.0.0.1:8080/…', '127.0.0.1:8080'],
  ['mailto:oncall@example.com', 'oncall@example.com'],
])('calls %s %s', (url, host) => {
  expect(hostOf(url)).toBe(host);
});
