import { expect, it } from 'vitest';
import { slugOf } from './slug';

it.each([
  ['Checkout', 'checkout'],
  ['  Çheck–out / EU 2 ', 'check-out-eu-2'],
  ['日本', ''],
])('%j becomes %j', (name, slug) => expect(slugOf(name)).toBe(slug));
