// Both languages say the same things: the same keys, plural where the other is, the same parameters.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Text, Texts } from '../../src/i18n/catalogue';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' });
const english = files.filter((file) => file.endsWith('.en.ts')).sort();

const parameters = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join(' ');
const forms = (text: Text) => (typeof text === 'string' ? { other: text } : text);

async function textsOf(file: string): Promise<Texts> {
  return ((await import(join(SRC, file))) as { texts: Texts }).texts;
}

it('finds the catalogues of the frame and of every page', () => {
  expect(english).toContain(join('i18n', 'common.en.ts'));
  expect(english.length).toBeGreaterThan(5);
  const portuguese = files.filter((file) => file.endsWith('.pt.ts')).sort();
  expect(portuguese).toEqual(english.map((file) => file.replace(/en\.ts$/, 'pt.ts')));
});

describe.each(english)('%s', (file) => {
  it('has the same keys, plurals and parameters in Portuguese', async () => {
    const one = await textsOf(file);
    const other = await textsOf(file.replace(/en\.ts$/, 'pt.ts'));
    expect(Object.keys(other).sort()).toEqual(Object.keys(one).sort());
    for (const [key, text] of Object.entries(one)) {
      const translated = other[key];
      expect(typeof translated, key).toBe(typeof text);
      const wanted = forms(text);
      const found = forms(translated as Text);
      expect(Object.keys(found).sort(), key).toEqual(Object.keys(wanted).sort());
      for (const form of Object.keys(wanted) as (keyof typeof wanted)[]) {
        expect(found[form], key).not.toBe('');
        expect(parameters(found[form]), `${key}, ${form}`).toBe(parameters(wanted[form]));
      }
    }
  });

  it('has no text that nobody shows', () => {
    // The frame's texts are for pages that are still to come as well.
    if (file.includes('common')) return;
    const code = join(SRC, file, '..');
    const sources = readdirSync(code, { recursive: true, encoding: 'utf8' })
      .filter((each) => /\.tsx?$/.test(each) && !/\.(en|pt|test)\.tsx?$/.test(each))
      .map((each) => readFileSync(join(code, each), 'utf8'))
      .join('\n');
    const keys = readFileSync(join(SRC, file), 'utf8').matchAll(/^ {2}'?(\w+)'?:/gm);
    for (const [, key = ''] of keys) {
      // `t('key')`, `text: 'key'`, or one of a family: t(`role_${role}`).
      const family = key.includes('_') ? `\`${key.slice(0, key.indexOf('_') + 1)}\${` : undefined;
      const used =
        sources.includes(`'${key}'`) || (family !== undefined && sources.includes(family));
      expect(used, `${key} is used nowhere`).toBe(true);
    }
  });
});
