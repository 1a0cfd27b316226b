import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { maskingTexts } from './texts';

export const maskingRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/masking',
  staticData: { needs: 'seeInstance' },
  loader: () => maskingTexts.load(),
  component: lazyRouteComponent(() => import('./MaskingPage'), 'MaskingPage'),
});
