import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root';
import { readPipelineSearch } from './search';
import { pipelineTexts } from './texts';

export const pipelineRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/pipeline',
  validateSearch: readPipelineSearch,
  loader: () => pipelineTexts.load(),
  component: lazyRouteComponent(() => import('./PipelinePage'), 'PipelinePage'),
});
