import type { Texts } from '../../i18n/catalogue';

export const texts = {
  title: 'Settings',
  projects: 'Projects',
  keys: 'API Keys',
  members: 'Members',
  users: 'Users',
  notifications: 'Notifications',
  monitors: 'Monitors',
  wallboard: 'Wallboard',
  retention: 'Retention',
  masking: 'Masking',
  account: 'Your account',
  preferences: 'Preferences',
} as const satisfies Texts;
