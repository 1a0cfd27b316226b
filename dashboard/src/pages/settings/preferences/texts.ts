import { catalogue } from '../../../i18n/catalogue';

export const preferencesTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
