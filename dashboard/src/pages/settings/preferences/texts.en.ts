import type { Texts } from '../../../i18n/catalogue';

export const texts = {
  title: 'Preferences',
  lead: 'How this browser shows BatAudit to you. Nobody else is affected.',
  theme: 'Theme',
  theme_system: 'As the system',
  theme_light: 'Light',
  theme_dark: 'Dark',
  language: 'Language',
  zone: 'Time zone',
  zoneBrowser: 'As the browser ({zone})',
  zoneHint: 'It is {now} there. The time in UTC shows when you point at a time.',
} as const satisfies Texts;
