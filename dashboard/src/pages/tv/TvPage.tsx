// A screen on a wall: shows its code's figures for as long as it hangs there, and needs nobody.
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useLayoutEffect, useState } from 'react';
import { type Activated, refreshScreen } from '../../api/wallboard';
import { useTexts } from '../../i18n/catalogue';
import { usePageTitle } from '../../ui/usePageTitle';
import { Activate } from './Activate';
import { Board } from './Board';
import { ScreenEnded, ScreenSession } from './session';
import { type Remembered, forget, remember, remembered } from './stored';
import { tvTexts } from './texts';
import './tv.css';

export interface Screen extends Remembered {
  session: ScreenSession;
}

function begin(known: Remembered, first?: Activated): Screen {
  return { ...known, session: new ScreenSession(() => refreshScreen(known.refreshToken), first) };
}

export function TvPage() {
  const t = useTexts(tvTexts);
  usePageTitle(t('title'));
  useDark();
  const [screen, setScreen] = useState<Screen | undefined>(() => {
    const known = remembered();
    return known === undefined ? undefined : begin(known);
  });
  const [ended, setEnded] = useState(false);
  // Its own: the dashboard's sends whoever is not signed in to the login page.
  const [client] = useState(
    () =>
      new QueryClient({
        queryCache: new QueryCache({
          onError: (error) => {
            if (error instanceof ScreenEnded) end();
          },
        }),
        // Some televisions say that they are offline when they are not.
        defaultOptions: {
          queries: { retry: false, networkMode: 'always', refetchOnWindowFocus: false },
          mutations: { networkMode: 'always' },
        },
      }),
  );

  function end() {
    forget();
    client.clear();
    setScreen(undefined);
    setEnded(true);
  }

  function activated(answer: Activated) {
    const { refresh_token: refreshToken, project_id: projectId, profile_name: name } = answer;
    const known = { refreshToken, projectId, name };
    remember(known);
    setEnded(false);
    setScreen(begin(known, answer));
  }

  function leave() {
    end();
    setEnded(false);
  }

  return (
    <QueryClientProvider client={client}>
      {screen === undefined ? (
        <Activate ended={ended} onActivated={activated} />
      ) : (
        <Board key={screen.refreshToken} screen={screen} onEnded={end} onLeave={leave} />
      )}
    </QueryClientProvider>
  );
}

/** A wall is dark whatever the reader chose elsewhere: bright areas would burn into it. */
function useDark(): void {
  useLayoutEffect(() => {
    const { dataset } = document.documentElement;
    const before = dataset['theme'];
    dataset['theme'] = 'dark';
    return () => {
      if (before === undefined) delete dataset['theme'];
      else dataset['theme'] = before;
    };
  }, []);
}
