import { catalogue } from '../../../i18n/catalogue';

export const membersTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
