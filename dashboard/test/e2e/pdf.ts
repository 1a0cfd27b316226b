// Reads the text of a PDF that Chromium printed: enough of the format for that, and no more.
import { inflateSync } from 'node:zlib';

interface Part {
  head: string;
  stream: string;
}

/** The text of each page, without spaces: how it is cut into runs says nothing. */
export function textOfPdf(file: Buffer): string[] {
  const parts = partsOf(file);
  const all = [...parts.values()].map(({ head }) => head).join('\n');
  const fonts = new Map<string, Map<string, string>>();
  for (const [, name = '', id = ''] of all.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const unicode = /\/ToUnicode (\d+) 0 R/.exec(parts.get(id)?.head ?? '')?.[1];
    if (unicode !== undefined) fonts.set(name, glyphsOf(parts.get(unicode)?.stream ?? ''));
  }
  const pages = [...parts.values()].filter(({ head }) => /\/Type\s*\/Page\b(?!s)/.test(head));
  return pages.map(({ head }) => {
    const content = /\/Contents (\d+) 0 R/.exec(head)?.[1] ?? '';
    return written(parts.get(content)?.stream ?? '', fonts);
  });
}

function partsOf(file: Buffer): Map<string, Part> {
  const text = file.toString('latin1');
  const parts = new Map<string, Part>();
  for (const { 1: id = '', index } of text.matchAll(/(?<=^|[\r\n])(\d+) 0 obj\b/g)) {
    const begin = text.indexOf('stream', index);
    const end = text.indexOf('endobj', index);
    if (begin < 0 || begin > end) {
      parts.set(id, { head: text.slice(index, end), stream: '' });
      continue;
    }
    const head = text.slice(index, begin);
    const from = begin + 'stream'.length + (text[begin + 6] === '\r' ? 2 : 1);
    const bytes = file.subarray(from, from + Number(/\/Length (\d+)/.exec(head)?.[1]));
    const plain = head.includes('/FlateDecode') ? inflateSync(bytes) : bytes;
    parts.set(id, { head, stream: plain.toString('latin1') });
  }
  return parts;
}

/** What each glyph of a font stands for. */
function glyphsOf(cmap: string): Map<string, string> {
  const found = new Map<string, string>();
  const letters = (hex: string) =>
    String.fromCharCode(...(hex.match(/.{4}/g) ?? []).map((unit) => parseInt(unit, 16)));
  for (const [, block = ''] of cmap.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, glyph = '', to = ''] of block.matchAll(/<(\w+)>\s*<(\w+)>/g)) {
      found.set(glyph.toUpperCase(), letters(to));
    }
  }
  for (const [, block = ''] of cmap.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, from = '', to = '', first = ''] of block.matchAll(
      /<(\w+)>\s*<(\w+)>\s*<(\w+)>/g,
    )) {
      const start = parseInt(from, 16);
      for (let glyph = start; glyph <= parseInt(to, 16); glyph += 1) {
        const key = glyph.toString(16).padStart(4, '0').toUpperCase();
        found.set(key, String.fromCharCode(parseInt(first, 16) + glyph - start));
      }
    }
  }
  return found;
}

function written(content: string, fonts: Map<string, Map<string, string>>): string {
  let font: Map<string, string> | undefined;
  let text = '';
  for (const [, name, glyphs] of content.matchAll(
    /\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>(?=[^\n]*T[jJ])/g,
  )) {
    if (name !== undefined) font = fonts.get(name);
    for (const glyph of glyphs?.match(/.{4}/g) ?? []) text += font?.get(glyph.toUpperCase()) ?? '';
  }
  return text.replace(/\s+/g, '');
}
