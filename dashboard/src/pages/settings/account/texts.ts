import { catalogue } from '../../../i18n/catalogue';

export const accountTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
