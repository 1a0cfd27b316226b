import { catalogue } from '../../i18n/catalogue';

export const loginTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
