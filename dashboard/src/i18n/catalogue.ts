// Texts by key, a file a page and language, loaded together with the page. Keys and parameters are
// types, taken from the English file: a missing key, a misspelt one or a forgotten parameter does not
// compile. Sixty lines instead of a library: i18next weighs 15 KB gzip before the first text, and
// parses at run time what the compiler can check here.
import { use } from 'react';
import { kept } from '../format/kept';
import { count } from '../format/numbers';
import { type Language, currentLanguage, locale, useLanguage } from './language';

/** A text, or one for each plural form of its parameter `count`. `{name}` stands for a parameter. */
export type Text = string | { readonly one: string; readonly other: string };
export type Texts = Readonly<Record<string, Text>>;

/** What the Portuguese file has to be: the same keys, plural where English is. */
export type Translation<T extends Texts> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : { readonly one: string; readonly other: string };
};

type NamesIn<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type Names<T> = T extends string
  ? NamesIn<T>
  : 'count' | NamesIn<T extends { other: infer O } ? O : never>;
type Arguments<T> = [Names<T>] extends [never]
  ? []
  : [values: { [N in Names<T>]: N extends 'count' ? number : string | number }];

export type Translate<T extends Texts> = <K extends keyof T & string>(
  key: K,
  ...values: Arguments<T[K]>
) => string;

export interface Catalogue<T extends Texts> {
  /** Fetches the texts of a language; the current one unless told. A route's loader awaits it. */
  load: (language?: Language) => Promise<void>;
  /** The texts of the current language, for code that is no component. They have to be loaded. */
  t: Translate<T>;
  /** For `useTexts`. */
  readonly ready: (language: Language) => Promise<void> | undefined;
}

type Loader<T> = () => Promise<{ texts: T }>;
const all: Pick<Catalogue<Texts>, 'load'>[] = [];
const opened = new WeakSet<object>();

export function catalogue<const T extends Texts>(
  loaders: { en: Loader<T> } & Record<Exclude<Language, 'en'>, Loader<Translation<T>>>,
): Catalogue<T> {
  const loaded: Partial<Record<Language, Texts>> = {};
  const loading: Partial<Record<Language, Promise<void> | undefined>> = {};
  const load = (language = currentLanguage()) => {
    opened.add(made);
    loading[language] ??= loaders[language]().then(
      ({ texts }) => void (loaded[language] = texts),
      (error: unknown) => {
        // The next attempt starts over.
        loading[language] = undefined;
        throw error;
      },
    );
    return loading[language];
  };
  const made: Catalogue<T> = {
    load,
    ready: (language) => (loaded[language] === undefined ? load(language) : undefined),
    t: (key, ...values) =>
      fill(loaded[currentLanguage()]?.[key], key, (values[0] ?? {}) as Record<string, never>),
  };
  all.push(made);
  return made;
}

/** The texts of a page, in a component. Waits (by Suspense) when nobody has loaded them yet. */
export function useTexts<T extends Texts>(texts: Catalogue<T>): Translate<T> {
  const waiting = texts.ready(useLanguage());
  if (waiting !== undefined) use(waiting);
  return texts.t;
}

/** Fetches, in another language, everything that was shown so far. */
export function loadShown(language: Language): Promise<unknown> {
  return Promise.all(all.filter((each) => opened.has(each)).map((each) => each.load(language)));
}

function fill(
  text: Text | undefined,
  key: string,
  values: Record<string, string | number>,
): string {
  // Only a text that was never loaded can be missing; its key is better than an empty page.
  if (text === undefined) return key;
  const pattern = typeof text === 'string' ? text : text[form(Number(values['count']))];
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === 'number' ? count(value) : (value ?? '');
  });
}

const rules = kept<Intl.PluralRules>();

function form(value: number): 'one' | 'other' {
  const language = locale();
  const rule = rules(language, () => new Intl.PluralRules(language));
  return rule.select(value) === 'one' ? 'one' : 'other';
}
