import { catalogue } from '../../i18n/catalogue';

export const anomaliesTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
