import { catalogue } from '../../i18n/catalogue';

export const queryTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
