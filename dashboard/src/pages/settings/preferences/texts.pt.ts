import type { Translation } from '../../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Preferências',
  lead: 'Como este navegador mostra o BatAudit a você. Ninguém mais é afetado.',
  theme: 'Tema',
  theme_system: 'Como o sistema',
  theme_light: 'Claro',
  theme_dark: 'Escuro',
  language: 'Idioma',
  zone: 'Fuso horário',
  zoneBrowser: 'Como o navegador ({zone})',
  zoneHint: 'Lá são {now}. O horário em UTC aparece ao apontar para um horário.',
};
