import { catalogue } from '../../i18n/catalogue';

export const studioTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
