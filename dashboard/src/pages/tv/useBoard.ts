// What a board shows: told by the stream as it changes, and asked for twice a minute where the stream tells nothing.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import {
  type Feed,
  type Part,
  type Summary,
  openScreenStream,
  screenAlerts,
  screenErrorRoutes,
  screenGrid,
  screenMonitors,
  screenProjects,
  screenVolume,
} from '../../api/wallboard';
import type { ScreenSession } from './session';
import { watchBoard } from './stream';
import { takeNewVersion } from './version';

const EVERY_MS = 30_000;
const PROJECTS_MS = 300_000;
const VERSION_MS = 600_000;

export interface Live {
  summary: Summary | undefined;
  feed: Feed | undefined;
  /** When it was last told something. */
  toldAt: number | undefined;
  /** Since when there is no connection; nothing while there is one. */
  lostAt: number | undefined;
}

/** The part of the board that the stream tells. Only the latest is kept. */
export function useLive(session: ScreenSession, part: Part, onEnded: () => void): Live {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>({
    summary: undefined,
    feed: undefined,
    toldAt: undefined,
    lostAt: undefined,
  });
  const { project_id, environment } = part;
  useEffect(() => {
    const query: Part = {
      ...(project_id === undefined ? {} : { project_id }),
      ...(environment === undefined ? {} : { environment }),
    };
    const open = (signal: AbortSignal) =>
      session.with((token) => openScreenStream(token, query, signal));
    let missed = false;
    return watchBoard(open, {
      onSummary: (summary) =>
        setLive((before) => ({ ...before, summary, toldAt: Date.now(), lostAt: undefined })),
      onFeed: (feed) =>
        setLive((before) => ({ ...before, feed, toldAt: Date.now(), lostAt: undefined })),
      onOpen: () => {
        setLive((before) => ({ ...before, lostAt: undefined }));
        if (!missed) return;
        missed = false;
        // The server may be another one since: with other figures, and another page.
        void client.invalidateQueries();
        void takeNewVersion();
      },
      onLost: () => {
        missed = true;
        setLive((before) => ({ ...before, lostAt: before.lostAt ?? Date.now() }));
      },
      onEnded,
    });
  }, [client, session, project_id, environment, onEnded]);
  useEffect(() => {
    const timer = setInterval(() => void takeNewVersion(), VERSION_MS);
    return () => clearInterval(timer);
  }, []);
  return live;
}

/** What is known of an answer that is asked for again and again. */
export interface Asked<T> {
  /** Stays when a question fails. */
  data: T | undefined;
  /** When it was answered. */
  at: number | undefined;
  /** Whether the last question failed. */
  failed: boolean;
}

/** An answer for screens, asked for again and again. */
function useAsked<T>(
  session: ScreenSession,
  name: string,
  part: Part,
  ask: (token: string, part: Part, signal: AbortSignal) => Promise<T>,
  everyMs = EVERY_MS,
): Asked<T> {
  const { data, dataUpdatedAt, isError } = useQuery({
    queryKey: [name, part],
    queryFn: ({ signal }) => session.with((token) => ask(token, part, signal)),
    refetchInterval: everyMs,
    refetchIntervalInBackground: true,
  });
  return { data, at: data === undefined ? undefined : dataUpdatedAt, failed: isError };
}

export const useVolume = (session: ScreenSession, part: Part) =>
  useAsked(session, 'volume', part, screenVolume);
export const useMonitors = (session: ScreenSession, part: Part) =>
  useAsked(session, 'monitors', part, screenMonitors);
export const useAlerts = (session: ScreenSession, part: Part) =>
  useAsked(session, 'alerts', part, screenAlerts);
export const useErrorRoutes = (session: ScreenSession, part: Part) =>
  useAsked(session, 'error-routes', part, screenErrorRoutes);
export const useGrid = (session: ScreenSession, part: Part) =>
  useAsked(session, 'grid', part, screenGrid);
export const useProjects = (session: ScreenSession) =>
  useAsked(
    session,
    'projects',
    {},
    (token, _, signal) => screenProjects(token, signal),
    PROJECTS_MS,
  );
