import { readFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import { expect, it } from 'vitest';

const SCHEMA = new URL('../../../query-api/openapi.json', import.meta.url);
const GENERATED = new URL('../../src/api/schema.gen.ts', import.meta.url);

it('the committed API types are those of query-api/openapi.json (else run `npm run api`)', async () => {
  const ast = await openapiTS(SCHEMA, { alphabetize: true, emptyObjectsUnknown: true });
  const committed = await readFile(GENERATED, 'utf8');
  expect(committed.trim().endsWith(astToString(ast).trim())).toBe(true);
});
