import { catalogue } from '../../i18n/catalogue';

export const pipelineTexts = catalogue({
  en: () => import('./texts.en'),
  pt: () => import('./texts.pt'),
});
