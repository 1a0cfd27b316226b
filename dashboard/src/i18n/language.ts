// Which language the reader sees: the stored choice, else the browser's, else English.
import { useSyncExternalStore } from 'react';
import { inBrowser } from '../browser/storage';

export const LANGUAGES = ['en', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];

/** How each language calls itself, and the BCP 47 tag that formats and the page's `lang` use. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', pt: 'Português (Brasil)' };
const TAGS: Record<Language, string> = { en: 'en', pt: 'pt-BR' };

const STORAGE_KEY = 'bataudit-language';
const listeners = new Set<() => void>();
let chosen: Language = stored() ?? fromBrowser(browserTags());

export function currentLanguage(): Language {
  return chosen;
}

/**
 * The tag for Intl. An English reader keeps the region of the browser (day before month in Britain);
 * every other tag follows from the language.
 */
export function locale(): string {
  const own = browserTags().find((tag) => languageOf(tag) === chosen);
  return own ?? TAGS[chosen];
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage);
}

/** Changes the language once `prepare` has its texts, so that no text is missing meanwhile. */
export async function setLanguage(
  language: Language,
  prepare: (language: Language) => Promise<unknown>,
): Promise<void> {
  await prepare(language);
  chosen = language;
  inBrowser.set(STORAGE_KEY, language);
  markPage();
  for (const listener of listeners) listener();
}

/** Tells assistive technology and the browser's translator what the page is written in. */
export function markPage(): void {
  document.documentElement.lang = TAGS[chosen];
}

export function fromBrowser(tags: readonly string[]): Language {
  for (const tag of tags) {
    const known = languageOf(tag);
    if (known !== undefined) return known;
  }
  return 'en';
}

/** What the browser prefers; nothing outside one, where pure logic is tested. */
function browserTags(): readonly string[] {
  return typeof navigator === 'undefined' ? [] : (navigator.languages ?? []);
}

function languageOf(tag: string): Language | undefined {
  const base = tag.toLowerCase().split('-')[0];
  return LANGUAGES.find((language) => language === base);
}

function stored(): Language | undefined {
  const value = inBrowser.get(STORAGE_KEY);
  return LANGUAGES.find((language) => language === value);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
