import { expect, it } from 'vitest';
import { readCertificate } from './certificate';

it('reads what happened in each table, and what was not reached', () => {
  const payload =
    '{"version":1,"tables":[{"table":"events","before":7,"held":2,"removed":5,"after":0}],"exports":["e-1"],"not_covered":["Kafka keeps it."]}';
  expect(readCertificate(payload)).toEqual({
    tables: [{ table: 'events', before: 7, removed: 5, held: 2, after: 0 }],
    exports: ['e-1'],
    notCovered: ['Kafka keeps it.'],
  });
});

it('reads a certificate of another version as far as it knows it', () => {
  expect(readCertificate('{"version":2}')).toEqual({ tables: [], exports: [], notCovered: [] });
});
