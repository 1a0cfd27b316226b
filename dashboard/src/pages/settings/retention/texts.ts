import { catalogue } from '../../../i18n/catalogue';

export const retentionTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
