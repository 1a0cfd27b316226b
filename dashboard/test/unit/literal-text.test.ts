// The lint rule that keeps texts in the catalogues finds them where they hide, and nothing else.
import { RuleTester } from 'eslint';
import { describe, it } from 'vitest';
import { noLiteralText } from '../../eslint/no-literal-text.js';

RuleTester.describe = describe;
RuleTester.it = it;
const tester = new RuleTester({
  languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } },
});

tester.run('no-literal-text', noLiteralText, {
  valid: [
    '<p>{t("title")}</p>',
    '<p className="muted">BatAudit · 12</p>',
    '<kbd>Esc</kbd>',
    '<input type="text" name="from" aria-describedby="x" />',
    '<b>{a === "done" ? t("done") : t("open")}</b>',
    '<Icon name="down" />',
    'const entry = { text: "navEvents", to: "/events" };',
  ],
  invalid: [
    '<p>Hello</p>',
    '<p>{"Olá"}</p>',
    '<p>{ready && "Done"}</p>',
    '<p>{ready ? `it is ${x}` : null}</p>',
    '<p>{"a" + "b"}</p>',
    '<p title="Hello" />',
    '<Field label={cond ? "One" : t("two")} />',
    '<Chart title={`Events of ${name}`} />',
    '<p aria-label="Close" />',
    'const column = { head: "Status", id: "s" };',
    'usePageTitle("Events");',
    'toast("Saved it");',
  ].map((code) => ({ code, errors: /"a" \+ "b"/.test(code) ? 2 : 1 })),
});
