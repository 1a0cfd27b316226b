import { catalogue } from '../../../i18n/catalogue';

export const usersTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
