import { catalogue } from '../../../i18n/catalogue';

export const tokensTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
