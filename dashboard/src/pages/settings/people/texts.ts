import { catalogue } from '../../../i18n/catalogue';

/** What the pages about people share. */
export const peopleTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
