import { catalogue } from '../../i18n/catalogue';

export const overviewTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
