import { catalogue } from '../../i18n/catalogue';

export const eventsTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
