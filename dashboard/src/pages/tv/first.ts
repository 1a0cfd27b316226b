import { tvTexts } from './texts';

/** What a screen that was switched on waits for (src/start). */
export const first = {
  code: () => import('./TvPage'),
  texts: tvTexts,
};
