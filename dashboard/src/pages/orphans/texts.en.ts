import type { Texts } from '../../i18n/catalogue';

export const texts = {
  title: 'Orphans',
  lead: 'Requests a browser made and no backend of the same project reported.',
  whatTitle: 'What an orphan is, and what to do about it',
  what: 'A browser reports each request it makes with a request id. The backend that answers reports the same id. When only the browser did, until an hour before or after, the request is an orphan.',
  doLost:
    'It never arrived: a network failure, a proxy or firewall that refused it, or a backend that was down. Look at the status: 0 means the browser got no answer.',
  doSilent:
    'A backend answered and did not report: it has no SDK, its key was revoked, or it does not pass the header X-Request-Id on. “Backends” shows what was reported of the same path around that time.',
  doForeign:
    'It went to somebody else’s server, which will never report. List your own origins in the browser SDK, so that only those are recorded.',
  doSoon:
    'The backend is still about to report. That is what the grace time is for: younger orphans are left out.',
  grace: 'Grace time',
  grace_0: 'none',
  counted: { one: '{count} orphan', other: '{count} orphans' },
  list: 'Orphans, the newest first',
  time: 'Time',
  status: 'Status',
  request: 'Request',
  service: 'Service',
  user: 'User',
  actions: 'Actions',
  noAnswer: 'no answer',
  detailsOf: 'Details of {what}',
  backends: 'Backends',
  backendsOf: 'What backends reported of {what} around that time',
  alike: 'Most frequent',
  alikeOf: { one: 'of the {count} shown', other: 'of the {count} shown' },
  foreign: 'another host',
  emptyTitle: 'No orphans',
  emptyHelp:
    'Every request a browser reported in this view was reported by a backend too, or no browser reports yet. The browser SDK records requests; the backend SDKs report the same request id.',
} as const satisfies Texts;
