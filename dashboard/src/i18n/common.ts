// The texts of the frame, the primitives and errors: loaded before anything is shown.
import { type Translate, catalogue, useTexts } from './catalogue';
import type { texts } from './common.en';

export const common = catalogue({
  en: () => import('./common.en'),
  pt: () => import('./common.pt'),
});

export type CommonKey = keyof typeof texts;

export function useCommon(): Translate<typeof texts> {
  return useTexts(common);
}
