import { catalogue } from '../../i18n/catalogue';

export const inviteTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
