import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root';
import { welcomeTexts } from './texts';

export const welcomeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/welcome',
  staticData: { needs: 'manageInstance' },
  loader: () => welcomeTexts.load(),
  component: lazyRouteComponent(() => import('./WelcomePage'), 'WelcomePage'),
});
