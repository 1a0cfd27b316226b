import { catalogue } from '../../i18n/catalogue';

export const settingsTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
