import { catalogue } from '../../../i18n/catalogue';

export const invitesTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
