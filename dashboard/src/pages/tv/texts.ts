import { catalogue } from '../../i18n/catalogue';

export const tvTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
