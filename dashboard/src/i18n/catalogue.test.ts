// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest';
import { type Texts, type Translation, catalogue, loadShown } from './catalogue';
import { currentLanguage, fromBrowser, setLanguage } from './language';

const english = {
  hello: 'Hello',
  named: '{name} has {count} keys',
  keys: { one: '{count} key', other: '{count} keys' },
} as const satisfies Texts;
const portuguese: Translation<typeof english> = {
  hello: 'Olá',
  named: '{name} tem {count} chaves',
  keys: { one: '{count} chave', other: '{count} chaves' },
};
const loadPortuguese = vi.fn(() => Promise.resolve({ texts: portuguese }));
const texts = catalogue({
  en: () => Promise.resolve({ texts: english }),
  pt: loadPortuguese,
});

afterEach(() => setLanguage('en', loadShown));

it('fills parameters and chooses the plural, in both languages', async () => {
  await texts.load();
  expect(texts.t('hello')).toBe('Hello');
  expect(texts.t('keys', { count: 1 })).toBe('1 key');
  expect(texts.t('keys', { count: 1_000 })).toBe('1,000 keys');
  expect(texts.t('named', { name: '{count}', count: 2 })).toBe('{count} has 2 keys');

  await setLanguage('pt', loadShown);
  expect(texts.t('hello')).toBe('Olá');
  // Portuguese counts zero as one.
  expect(texts.t('keys', { count: 0 })).toBe('0 chave');
  expect(texts.t('keys', { count: 1_000 })).toBe('1.000 chaves');
  expect(document.documentElement.lang).toBe('pt-BR');
  expect(localStorage.getItem('bataudit-language')).toBe('pt');
});

it('keeps the language when its texts cannot be fetched, and tries again', async () => {
  const failing = catalogue({
    en: () => Promise.resolve({ texts: english }),
    pt: vi
      .fn<() => Promise<{ texts: typeof portuguese }>>()
      .mockRejectedValueOnce(new Error('offline'))
      .mockResolvedValue({ texts: portuguese }),
  });
  await failing.load();
  await expect(setLanguage('pt', loadShown)).rejects.toThrow('offline');
  expect([currentLanguage(), failing.t('hello')]).toEqual(['en', 'Hello']);
  await setLanguage('pt', loadShown);
  expect(failing.t('hello')).toBe('Olá');
});

it.each([
  [['pt-PT', 'en'], 'pt'],
  [['de', 'en-GB', 'pt'], 'en'],
  [['fr'], 'en'],
  [[], 'en'],
] as const)('the browser that prefers %j reads %s', (tags, language) => {
  expect(fromBrowser(tags)).toBe(language);
});
