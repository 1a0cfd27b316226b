import { catalogue } from '../../../i18n/catalogue';

export const wallboardTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
