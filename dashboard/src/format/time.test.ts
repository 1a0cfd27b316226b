import { afterEach, describe, expect, it } from 'vitest';
import { ago, axisLabel, clock, fromLocalInput, toLocalInput, utc } from './time';
import { currentZone, setZone } from './zone';

const NOW = Date.parse('2026-11-23T18:00:00Z');

afterEach(() => setZone(undefined));

it('drops the day for today only', () => {
  expect(clock('2026-11-23T04:05:06.007Z', NOW)).toBe('04:05:06.007');
  expect(clock('2026-11-22T04:05:06.007Z', NOW)).toMatch(/22.* 04:05:06\.007$/);
  expect(clock('2025-11-22T04:05:06.007Z', NOW)).toContain('2025');
  expect(clock('not a time', NOW)).toBe('not a time');
});

it('names UTC', () => {
  expect(utc('2026-11-23T14:03:22.118+02:00')).toBe('2026-11-23 12:03:22.118 UTC');
});

it.each([
  [5, '5 sec. ago'],
  [125, '2 min. ago'],
  [7_300, '2 hr. ago'],
  [200_000, '2 days ago'],
])('%d seconds ago', (seconds, text) => {
  expect(ago(new Date(NOW - seconds * 1_000).toISOString(), NOW)).toBe(text);
});

describe('zones', () => {
  it('shows times on the clock of the chosen zone', () => {
    setZone('America/Sao_Paulo');
    expect(clock('2026-11-23T12:00:00.000Z', NOW)).toBe('09:00:00.000');
    expect(axisLabel(Date.parse('2026-11-23T12:00:00Z'), 3_600_000)).toBe('09:00');
  });

  it('does not take a zone nobody knows', () => {
    setZone('Mars/Olympus');
    expect(currentZone()).toBe('UTC');
  });

  it.each(['UTC', 'America/Sao_Paulo', 'Asia/Kolkata', 'Europe/Berlin', 'Pacific/Chatham'])(
    'reads back what it wrote into an input, in %s',
    (zone) => {
      setZone(zone);
      // Every half hour of the days on which Berlin changes its clocks, but for the hour that is there
      // twice: a clock cannot tell which one is meant.
      for (const day of ['2026-03-29T00:00:00Z', '2026-10-24T00:00:00Z', '2026-11-23T00:00:00Z']) {
        for (let half = 0; half < 48; half += 1) {
          const value = new Date(Date.parse(day) + half * 1_800_000).toISOString();
          expect(fromLocalInput(toLocalInput(value))).toBe(value);
        }
      }
    },
  );

  it('gives nothing for an input that is empty or half typed', () => {
    expect(fromLocalInput('')).toBeUndefined();
    expect(fromLocalInput('2026-11')).toBeUndefined();
    expect(toLocalInput('x')).toBe('');
  });
});
