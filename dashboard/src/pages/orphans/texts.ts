import { catalogue } from '../../i18n/catalogue';

export const orphansTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
