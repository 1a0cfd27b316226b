import { catalogue } from '../../i18n/catalogue';

export const welcomeTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
