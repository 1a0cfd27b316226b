import { catalogue } from '../../../i18n/catalogue';

export const notificationsTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
