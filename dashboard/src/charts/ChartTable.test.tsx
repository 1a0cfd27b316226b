// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { common } from '../i18n/common';
import { ChartTable } from './ChartTable';

beforeAll(() => common.load());
afterEach(cleanup);

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 23, 12);

function show(unseen: boolean) {
  render(
    <ChartTable
      unseen={unseen}
      title="Volume"
      times={[START, START + HOUR_MS]}
      step={HOUR_MS}
      series={[{ name: 'Events', tone: 'good', values: [3, undefined] }]}
      format={String}
    />,
  );
}

it('has a row for each point, the newest first, and tells its time in UTC on hover', () => {
  show(false);
  const [newest, oldest] = screen.getAllByRole('row').slice(1);
  expect(newest?.textContent).toMatch(/–$/);
  expect(oldest?.textContent).toMatch(/3$/);
  expect(oldest?.querySelector('time')?.title).toBe('2026-11-23 12:00:00.000 UTC');
});

it('is a stop of the Tab key only where it is seen', () => {
  show(false);
  expect(screen.getByRole('group', { name: 'Volume' }).tabIndex).toBe(0);
  cleanup();
  show(true);
  expect(screen.getByRole('group', { name: 'Volume' }).tabIndex).toBe(-1);
  expect(screen.getAllByRole('row')).toHaveLength(3);
});
