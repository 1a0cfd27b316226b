import { catalogue } from '../../../i18n/catalogue';

export const maskingTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
