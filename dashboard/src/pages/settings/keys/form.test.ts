import { expect, it } from 'vitest';
import { readForm } from './form';

const NOW = Date.parse('2026-11-23T12:00:00Z');

function read(fields: Record<string, string>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return readForm(form, 'p', NOW);
}

it('says only what was chosen', () => {
  expect(read({ name: ' checkout ', scope: 'project', lifetime: '', per_second: '' })).toEqual({
    project_id: 'p',
    name: 'checkout',
    scope: 'project',
  });
});

it('reads origins, the end and a rate of its own', () => {
  const fields = {
    name: 'shop',
    scope: 'browser',
    origins: ' https://a.b, https://c.d\n',
    lifetime: '30',
  };
  expect(read({ ...fields, per_second: '50', burst: '' })).toEqual({
    project_id: 'p',
    name: 'shop',
    scope: 'browser',
    origins: ['https://a.b', 'https://c.d'],
    expires_at: '2026-12-23T12:00:00.000Z',
    rate: { per_second: 50, burst: 500 },
  });
  expect(read({ ...fields, per_second: '50', burst: '60' }).rate).toEqual({
    per_second: 50,
    burst: 60,
  });
  expect(read({ ...fields, per_second: '', burst: '60' }).rate).toBeUndefined();
});

it('leaves origins to browser keys', () => {
  expect(read({ name: 'a', scope: 'instance', origins: 'https://a.b' }).origins).toBeUndefined();
});
