import { catalogue } from '../../../i18n/catalogue';

export const keysTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
