// The sub-pages of the settings, by whom or what they are about. A sub-page is one line here and one in
// tree.ts; it shows when its route exists and the reader has the right the route asks for.
import type { texts } from './texts.en';

export interface Section {
  to: string;
  text: keyof typeof texts;
}

export interface SectionGroup {
  text: keyof typeof texts;
  sections: readonly Section[];
}

export const SECTION_GROUPS: readonly SectionGroup[] = [
  {
    text: 'groupYou',
    sections: [
      { to: '/settings/account', text: 'account' },
      { to: '/settings/tokens', text: 'tokens' },
      { to: '/settings/preferences', text: 'preferences' },
    ],
  },
  {
    text: 'groupPeople',
    sections: [
      { to: '/settings/users', text: 'users' },
      { to: '/settings/invites', text: 'invites' },
    ],
  },
  {
    text: 'groupProject',
    sections: [
      { to: '/settings/projects', text: 'projects' },
      { to: '/settings/api-keys', text: 'keys' },
      { to: '/settings/members', text: 'members' },
    ],
  },
  {
    text: 'groupAlerts',
    sections: [
      { to: '/settings/notifications', text: 'notifications' },
      { to: '/settings/monitors', text: 'monitors' },
      { to: '/settings/wallboard', text: 'wallboard' },
    ],
  },
  {
    text: 'groupData',
    sections: [
      { to: '/settings/retention', text: 'retention' },
      { to: '/settings/masking', text: 'masking' },
    ],
  },
];
