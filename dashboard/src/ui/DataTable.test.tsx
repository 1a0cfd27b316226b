// @vitest-environment jsdom
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { type Column, DataTable } from './DataTable';
import { MoreRows, type Pages } from './MoreRows';

interface Person {
  name: string;
  age?: number;
}

const DOWN = new ApiError({
  message: 'The store is down.',
  status: 503,
  code: 'x',
  requestId: 'r1',
});
const LATER = new ApiError({ message: 'Not so far.', status: 400, code: 'y', requestId: 'r2' });
const PEOPLE: readonly Person[] = [
  { name: 'Bo', age: 9 },
  { name: 'Ada', age: 36 },
  { name: 'Cy' },
];
const COLUMNS: readonly Column<Person>[] = [
  { id: 'name', head: 'Name', cell: ({ name }) => name, sort: ({ name }) => name },
  { id: 'age', head: 'Age', number: true, cell: ({ age }) => age ?? '–', sort: ({ age }) => age },
  { id: 'do', head: 'Actions', actions: true, cell: ({ name }) => <button>Greet {name}</button> },
];

afterEach(cleanup);

function show(props: Partial<Parameters<typeof DataTable<Person>>[0]>) {
  return render(
    <DataTable
      label="People"
      columns={COLUMNS}
      rows={PEOPLE}
      rowKey={({ name }) => name}
      empty={<p>Nobody</p>}
      {...props}
    />,
  );
}

function pages(part: Partial<Pages>): Pages & { fetchNextPage: ReturnType<typeof vi.fn> } {
  return {
    hasNextPage: true,
    isFetchingNextPage: false,
    isFetchNextPageError: false,
    error: null,
    ...part,
    fetchNextPage: vi.fn(() => Promise.resolve()),
  };
}

const names = () => screen.getAllByRole('rowheader').map(({ textContent }) => textContent);
const button = (name: string) => screen.getByRole('button', { name });

describe('the table', () => {
  it('waits for rows, and then shows them or says that there are none', () => {
    show({ rows: undefined });
    expect(screen.getByRole('status', { name: 'Loading' })).toBeTruthy();
    expect(screen.queryByText('Nobody')).toBeNull();
    cleanup();
    show({ rows: [] });
    expect(screen.getByText('Nobody')).toBeTruthy();
    expect(screen.queryByRole('table')).toBeNull();
    cleanup();
    show({});
    expect(within(screen.getByRole('group', { name: 'People' })).getByRole('table')).toBeTruthy();
    expect(names()).toEqual(['Bo', 'Ada', 'Cy']);
  });

  it('says why there is nothing, and tries again', async () => {
    const onRetry = vi.fn();
    show({ rows: undefined, error: DOWN, onRetry });
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toContain('The store is down.');
    expect(alert.textContent).toContain('request r1');
    expect(screen.queryByRole('status', { name: 'Loading' })).toBeNull();
    await userEvent.click(button('Try again'));
    expect(onRetry).toHaveBeenCalledOnce();
  });

  it('keeps what it had when asking anew failed, and says so', () => {
    show({ error: DOWN, onRetry: vi.fn() });
    expect(screen.getByRole('alert').textContent).toContain('request r1');
    expect(names()).toEqual(['Bo', 'Ada', 'Cy']);
    cleanup();
    show({ rows: [], error: DOWN });
    expect(screen.getByRole('alert')).toBeTruthy();
    expect(screen.getByText('Nobody')).toBeTruthy();
    cleanup();
    show({ error: null });
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('sorts by a click on a head, with what is unknown at the end', async () => {
    show({});
    const age = screen.getByRole('columnheader', { name: 'Age' });
    expect(age.getAttribute('aria-sort')).toBe('none');
    await userEvent.click(button('Age'));
    expect(age.getAttribute('aria-sort')).toBe('descending');
    expect(names()).toEqual(['Ada', 'Bo', 'Cy']);
    await userEvent.click(button('Age'));
    expect(age.getAttribute('aria-sort')).toBe('ascending');
    expect(names()).toEqual(['Bo', 'Ada', 'Cy']);
    await userEvent.click(button('Name'));
    expect(age.getAttribute('aria-sort')).toBe('none');
    expect(names()).toEqual(['Ada', 'Bo', 'Cy']);
    expect(screen.queryByRole('button', { name: 'Actions' })).toBeNull();
  });

  it('begins in the order it is given', () => {
    show({ initialSort: { column: 'name', descending: true } });
    expect(names()).toEqual(['Cy', 'Bo', 'Ada']);
  });

  it('names each value of a card, but neither its title nor its buttons', () => {
    const { container } = show({});
    const heads = [...container.querySelectorAll('tbody .card-head')];
    expect(heads.map(({ textContent }) => textContent)).toEqual(['Age', 'Age', 'Age']);
    expect(heads.every((head) => head.getAttribute('aria-hidden') === 'true')).toBe(true);
  });
});

describe('the next page', () => {
  it('is asked for while there is one', async () => {
    const more = pages({});
    show({ more });
    await userEvent.click(button('Show more'));
    expect(more.fetchNextPage).toHaveBeenCalledOnce();
    cleanup();
    show({ more: pages({ hasNextPage: false }) });
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
    cleanup();
    show({ rows: [], more: pages({}) });
    expect(button('Show more')).toBeTruthy();
  });

  it('that failed is said once, below the rows, with a second try', async () => {
    const more = pages({ isFetchNextPageError: true, error: LATER });
    const onRetry = vi.fn();
    show({ more, error: LATER, onRetry });
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toContain('Not so far.');
    expect(alert.textContent).toContain('request r2');
    expect(names()).toEqual(['Bo', 'Ada', 'Cy']);
    const below = Node.DOCUMENT_POSITION_FOLLOWING;
    expect(screen.getByRole('table').compareDocumentPosition(alert) & below).toBe(below);
    await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(more.fetchNextPage).toHaveBeenCalledOnce();
    expect(onRetry).not.toHaveBeenCalled();
  });

  it('that is on its way cannot be asked for twice', () => {
    const fetching = { isFetchingNextPage: true };
    render(<MoreRows of={pages(fetching)} label="Show more people" />);
    expect(button('Loading')).toHaveProperty('disabled', true);
    cleanup();
    render(<MoreRows of={pages({ ...fetching, isFetchNextPageError: true, error: LATER })} />);
    expect(button('Try again')).toHaveProperty('disabled', true);
    cleanup();
    render(<MoreRows of={pages({})} label="Show more people" />);
    expect(button('Show more people')).toHaveProperty('disabled', false);
  });
});
