import { catalogue } from '../../i18n/catalogue';

export const sessionsTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
