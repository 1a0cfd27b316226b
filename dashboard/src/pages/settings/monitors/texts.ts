import { catalogue } from '../../../i18n/catalogue';

export const monitorsTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
