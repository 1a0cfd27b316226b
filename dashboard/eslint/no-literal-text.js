// Every text a reader sees stands in a catalogue (src/i18n). This rule finds those that do not: text in
// JSX, in the attributes that are read or shown, in objects that name a label, and in page titles.

const SHOWN_ATTRIBUTES = new Set([
  'alt',
  'action',
  'caption',
  'description',
  'empty',
  'head',
  'heading',
  'hint',
  'keep',
  'label',
  'placeholder',
  'text',
  'title',
  'aria-label',
  'aria-description',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
]);
const SHOWN_KEYS = new Set([...SHOWN_ATTRIBUTES]);
const SHOWING_CALLS = new Set(['usePageTitle', 'toast', 'alert', 'confirm', 'prompt']);
/** Names, and words every language writes alike. */
const NAMES = new Set([
  'BatAudit',
  'JSON',
  'SQL',
  'CSV',
  'PDF',
  'UTC',
  'URL',
  'HTTP',
  '4xx',
  '5xx',
  '2xx',
  '3xx',
]);

function hasWords(text) {
  return text.split(/[^\p{L}\p{N}]+/u).some((word) => /\p{L}/u.test(word) && !NAMES.has(word));
}

/** The literal parts of an expression that end up in its value. */
function literals(node) {
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node] : [];
    case 'TemplateLiteral':
      return [...node.quasis, ...node.expressions.flatMap(literals)];
    case 'TemplateElement':
      return [node];
    case 'ConditionalExpression':
      return [...literals(node.consequent), ...literals(node.alternate)];
    case 'LogicalExpression':
      return [...literals(node.left), ...literals(node.right)];
    case 'BinaryExpression':
      return node.operator === '+' ? [...literals(node.left), ...literals(node.right)] : [];
    case 'ArrayExpression':
      return node.elements.flatMap(literals);
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
      return literals(node.expression);
    default:
      return [];
  }
}

function textOf(node) {
  return node.type === 'TemplateElement' ? node.value.cooked : node.value;
}

/** @type {import('eslint').Rule.RuleModule} */
export const noLiteralText = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      literal: 'Put “{{text}}” into the texts of its page (docs/ARCHITECTURE.md, “The dashboard”).',
    },
  },
  create(context) {
    function check(node) {
      for (const literal of literals(node)) {
        const text = textOf(literal);
        if (hasWords(text)) context.report({ node: literal, messageId: 'literal', data: { text } });
      }
    }
    function nameOf(key) {
      return key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : '';
    }
    return {
      JSXText(node) {
        const text = node.value.trim();
        // A key of the keyboard is called alike in both languages.
        if (node.parent.openingElement?.name?.name === 'kbd') return;
        if (hasWords(text)) context.report({ node, messageId: 'literal', data: { text } });
      },
      JSXExpressionContainer(node) {
        if (node.parent.type === 'JSXElement' || node.parent.type === 'JSXFragment') {
          if (node.parent.openingElement?.name?.name === 'kbd') return;
          check(node.expression);
        }
      },
      JSXAttribute(node) {
        if (!SHOWN_ATTRIBUTES.has(nameOfAttribute(node))) return;
        check(node.value?.type === 'JSXExpressionContainer' ? node.value.expression : node.value);
      },
      Property(node) {
        // A text key (`text: 'navEvents'`) is one word in small letters; a shown text is not.
        if (!SHOWN_KEYS.has(nameOf(node.key))) return;
        for (const literal of literals(node.value)) {
          const text = textOf(literal);
          if (hasWords(text) && !/^[a-z][A-Za-z0-9_]*$/.test(text)) {
            context.report({ node: literal, messageId: 'literal', data: { text } });
          }
        }
      },
      CallExpression(node) {
        if (SHOWING_CALLS.has(node.callee.name)) check(node.arguments[0]);
      },
    };
  },
};

function nameOfAttribute(node) {
  return node.name.type === 'JSXNamespacedName'
    ? `${node.name.namespace.name}:${node.name.name.name}`
    : node.name.name;
}
