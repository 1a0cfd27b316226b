import { catalogue } from '../i18n/catalogue';

export const sqlTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
