import { catalogue } from '../../../i18n/catalogue';

export const projectsTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
