import { catalogue } from '../../i18n/catalogue';

export const resetTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
