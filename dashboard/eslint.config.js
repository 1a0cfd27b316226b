import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { noLiteralText } from './eslint/no-literal-text.js';

export default tseslint.config(
  { ignores: ['dist', 'test-artifacts', 'test-results', 'src/api/schema.gen.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Go through src/api: it carries errors, timeouts and types.' },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 150 }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks, house: { rules: { 'no-literal-text': noLiteralText } } },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'house/no-literal-text': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'Events are untrusted text: render them as text.',
        },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'JSON',
          property: 'parse',
          message: 'JSON.parse loses integers above 2^53. Use src/json for event data.',
        },
      ],
    },
  },
  {
    // Reads list items of the stream, which hold no free-form JSON.
    files: ['src/live/connection.ts', 'src/pages/tv/stream.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Streams a file for as long as bytes come; src/api/client.ts ends a request after 30 s.
    files: ['src/api/export.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    // The texts themselves, and what is checked rather than shown.
    files: ['src/**/*.test.{ts,tsx}', 'src/**/*.{en,pt}.ts'],
    rules: { 'house/no-literal-text': 'off' },
  },
  {
    // A fixture of Playwright that needs no other has to say so with an empty pattern.
    files: ['test/e2e/**'],
    rules: { 'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }] },
  },
  {
    files: ['test/**', 'scripts/**', 'eslint/**', '**/*.test.{ts,tsx}', '*.config.{js,ts}'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-syntax': 'off',
      'no-restricted-properties': 'off',
      'no-console': 'off',
      'max-lines-per-function': 'off',
    },
  },
);
