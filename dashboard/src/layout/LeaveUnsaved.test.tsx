// @vitest-environment jsdom
import {
  Outlet,
  RouterProvider,
  createBrowserHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from '@tanstack/react-router';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LeaveUnsaved } from './LeaveUnsaved';

const HELP = 'Two rules are not saved.';
let history: ReturnType<typeof createBrowserHistory>;

beforeEach(() => {
  // jsdom knows the element, but not how it opens.
  HTMLDialogElement.prototype.showModal = function open() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
  vi.stubGlobal('scrollTo', () => undefined);
});
afterEach(() => {
  cleanup();
  history.destroy();
  vi.unstubAllGlobals();
});

async function edit(dirty: boolean) {
  const root = createRootRoute({ component: Outlet });
  const rules = createRoute({
    getParentRoute: () => root,
    path: '/rules',
    component: () => (
      <>
        <h1>Rules</h1>
        <LeaveUnsaved dirty={dirty} help={HELP} project="p1" />
      </>
    ),
  });
  const events = createRoute({
    getParentRoute: () => root,
    path: '/events',
    component: () => <h1>Events</h1>,
  });
  window.history.replaceState(null, '', '/rules');
  history = createBrowserHistory();
  const router = createRouter({ routeTree: root.addChildren([rules, events]), history });
  render(<RouterProvider router={router as never} />);
  await screen.findByRole('heading', { name: 'Rules' });
}

const go = (to: string) => act(async () => history.push(to));
const question = () => screen.queryByRole('dialog', { name: 'Leave without saving?' });
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

it('asks before another page takes the place of changes, and does as it is told', async () => {
  await edit(true);
  await go('/events');
  await waitFor(() => expect(question()?.textContent).toContain(HELP));
  await press('Stay here');
  await waitFor(() => expect(question()).toBeNull());
  expect(screen.getByRole('heading', { name: 'Rules' })).toBeTruthy();
  expect(history.location.pathname).toBe('/rules');

  await go('/events');
  await waitFor(() => expect(question()).not.toBeNull());
  await press('Leave, drop the changes');
  expect(await screen.findByRole('heading', { name: 'Events' })).toBeTruthy();
});

it('asks for another project, but not for another look at the same', async () => {
  await edit(true);
  await go('/rules?range=7d');
  await go('/rules?project=p1');
  await waitFor(() => expect(history.location.search).toBe('?project=p1'));
  expect(question()).toBeNull();
  await go('/rules?project=p2');
  await waitFor(() => expect(question()).not.toBeNull());
  expect(history.location.search).toBe('?project=p1');
});

it('has the browser ask before the tab is closed', async () => {
  await edit(true);
  const closing = new Event('beforeunload', { cancelable: true });
  window.dispatchEvent(closing);
  expect(closing.defaultPrevented).toBe(true);
});

it('lets go of what is saved', async () => {
  await edit(false);
  await go('/events');
  expect(await screen.findByRole('heading', { name: 'Events' })).toBeTruthy();
  expect(question()).toBeNull();
});
