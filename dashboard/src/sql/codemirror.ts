// The editor itself: CodeMirror, in a shadow root. There its styles are constructed sheets; in the page they would be
// a <style> element, which our content security policy refuses. Loaded with the first page that shows an editor.
import {
  type CompletionContext,
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { SQLDialect, sql } from '@codemirror/lang-sql';
import {
  HighlightStyle,
  bracketMatching,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { EditorState, Prec, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  drawSelection,
  highlightActiveLine,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type Offer, complete } from './complete';
import type { Place } from './place';
import { FUNCTIONS, KEYWORDS } from './schema';

export interface EditorOptions {
  parent: ShadowRoot;
  text: string;
  /** The name of the field, and of the list of completions. */
  label: string;
  completions: string;
  hint: string;
  /** The names that may stand in double braces. */
  variables: () => readonly string[];
  onChange: (text: string) => void;
  onRun: (text: string) => void;
  /** Whether there was something to cancel. */
  onEscape: () => boolean;
}

const setMark = StateEffect.define<Place | undefined>();
const markOf = Decoration.mark({ class: 'cm-mistake' });

/** The stretch an error is about, until the text changes. */
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(found, change) {
    let next = change.docChanged ? Decoration.none : found;
    for (const effect of change.effects) {
      if (!effect.is(setMark)) continue;
      const place = effect.value;
      next =
        place === undefined ? Decoration.none : Decoration.set(markOf.range(place.from, place.to));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const dialect = SQLDialect.define({
  keywords: KEYWORDS.flatMap((words) => words.toLowerCase().split(' ')).join(' '),
  builtin: FUNCTIONS.map(([name]) => name).join(' '),
  types: 'string date datetime datetime64 int64 uint64 float64 uuid',
  backslashEscapes: true,
  doubleQuotedStrings: false,
  identifierQuotes: '`"',
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--warn)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--info)' },
  {
    tag: [tags.comment, tags.lineComment, tags.blockComment],
    color: 'var(--muted)',
    fontStyle: 'italic',
  },
  { tag: tags.standard(tags.name), color: 'var(--good)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', fontSize: '13px', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', overflow: 'auto' },
  '.cm-content': { padding: '10px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 12px 0 6px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 6px 0 10px', minWidth: '30px' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in oklab, var(--hover), transparent 40%)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    {
      backgroundColor: 'var(--selected)',
    },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--selected)',
    outline: '1px solid var(--line-strong)',
  },
  '.cm-placeholder': { color: 'var(--muted)' },
  '.cm-mistake': {
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
    backgroundColor: 'var(--bad-soft)',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    backgroundColor: 'var(--raised)',
    boxShadow: 'var(--shadow-high)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '15em' },
  '.cm-tooltip-autocomplete ul li': { padding: '2px 8px !important', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--selected) !important',
    color: 'var(--text) !important',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal', marginLeft: '1em' },
});

export interface EditorHandle {
  /** Replaces the text, as one step that can be undone. */
  replace: (text: string) => void;
  /** Writes at the cursor. */
  insert: (text: string) => void;
  mark: (place: Place | undefined) => void;
  /** Puts the cursor there and shows it. */
  show: (place: Place) => void;
  focus: () => void;
  destroy: () => void;
}

export function createEditor(options: EditorOptions): EditorHandle {
  const view = new EditorView({
    parent: options.parent,
    root: options.parent,
    state: EditorState.create({ doc: options.text, extensions: extensions(options) }),
  });
  const within = ({ from, to }: Place): Place => ({
    from: Math.min(from, view.state.doc.length),
    to: Math.min(to, view.state.doc.length),
  });
  return {
    replace: (text) => {
      if (text === view.state.doc.toString()) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: text.length },
      });
    },
    insert: (text) => {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
    mark: (place) => {
      const known = place && within(place);
      view.dispatch({ effects: setMark.of(known && known.from < known.to ? known : undefined) });
    },
    show: (place) => {
      const { from, to } = within(place);
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function extensions(options: EditorOptions) {
  const run = (view: EditorView) => {
    options.onRun(view.state.doc.toString());
    return true;
  };
  return [
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
    // Tab accepts an open completion, and else leaves the editor as it leaves every field.
    Prec.high(keymap.of([{ key: 'Tab', run: acceptCompletion }])),
    lineNumbers(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    EditorView.lineWrapping,
    autocompletion({ override: [(context) => offer(context, options.variables())], icons: false }),
    sql({ dialect }),
    syntaxHighlighting(colours),
    look,
    marks,
    placeholder(options.hint),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      { key: 'Escape', run: options.onEscape },
    ]),
    EditorState.phrases.of({ Completions: options.completions }),
    // It takes the focus anyway; said so that tools which look for it see it.
    EditorView.contentAttributes.of({
      'aria-label': options.label,
      spellcheck: 'false',
      tabindex: '0',
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.doc.toString());
    }),
  ];
}

function offer(context: CompletionContext, variables: readonly string[]) {
  const found = complete(context.state.doc.toString(), context.pos, context.explicit, variables);
  if (found === undefined) return null;
  return { from: found.from, validFor: /^\w*$/, options: found.offers.map(toOption) };
}

function toOption({ label, kind, detail, apply, boost }: Offer) {
  return {
    label,
    type: kind,
    ...(detail === undefined ? {} : { detail }),
    ...(boost === undefined ? {} : { boost }),
    ...(apply === undefined
      ? {}
      : {
          apply: (view: EditorView, _: unknown, from: number, to: number) => {
            const cursor = apply.indexOf('|');
            const insert = apply.replace('|', '');
            view.dispatch({
              changes: { from, to, insert },
              selection: { anchor: from + (cursor < 0 ? insert.length : cursor) },
              userEvent: 'input.complete',
            });
          },
        }),
  };
}
