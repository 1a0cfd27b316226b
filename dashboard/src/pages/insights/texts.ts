import { catalogue } from '../../i18n/catalogue';

export const insightsTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
