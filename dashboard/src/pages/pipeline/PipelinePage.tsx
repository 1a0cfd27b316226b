import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lossesQuery, pipelineHoursQuery, pipelineQuery } from '../../api/pipeline';
import { useRights } from '../../auth/may';
import { RangePicker } from '../../filters/RangePicker';
import { useTexts } from '../../i18n/catalogue';
import type { Range } from '../../time/range';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Tabs } from '../../ui/Tabs';
import { useNow } from '../../ui/useNow';
import { usePageTitle } from '../../ui/usePageTitle';
import { Books } from './Books';
import { Letters } from './Letters';
import { Line } from './Line';
import { Paused } from './Paused';
import { Storage } from './Storage';
import { Verdict } from './Verdict';
import { VIEWS, type View } from './search';
import { pipelineTexts } from './texts';
import '../events/drawer.css';
import './pipeline.css';

export function PipelinePage() {
  const t = useTexts(pipelineTexts);
  usePageTitle(t('title'));
  const search = useSearch({ from: '/shell/pipeline' });
  const navigate = useNavigate({ from: '/pipeline' });
  const { project, range, from, to, view = 'line' } = search;
  const now = useNow(1_000);
  const { seeInstance } = useRights(project);
  const shown: Range = { range, from, to };
  const pipeline = useQuery(pipelineQuery(project));
  const hours = useQuery(pipelineHoursQuery(project, shown));
  const losses = useQuery({ ...lossesQuery, enabled: seeInstance });
  // Comparisons are of everybody, letters of those who may look into them.
  const views = VIEWS.filter((each) => seeInstance || each === 'line' || each === 'storage');
  const chosen = views.includes(view) ? view : 'line';

  function show(next: View) {
    void navigate({
      search: (previous) => ({ ...previous, view: next === 'line' ? undefined : next }),
    });
  }

  return (
    <div className="page in-turn">
      <header className="page-head">
        <div>
          <h1>{t('title')}</h1>
          <p className="muted">{t('lead')}</p>
        </div>
        <RangePicker
          value={shown}
          onChange={(part) => void navigate({ search: (previous) => ({ ...previous, ...part }) })}
        />
      </header>
      {pipeline.isError && (
        <ErrorNotice error={pipeline.error} onRetry={() => void pipeline.refetch()} />
      )}
      {pipeline.isPending && <Skeleton shape="block" />}
      {pipeline.data !== undefined && (
        <>
          <Verdict
            pipeline={pipeline.data}
            hours={hours.data}
            losses={seeInstance ? losses.data : []}
            failed={hours.isError || losses.isError}
            range={shown}
            now={now}
            books={seeInstance}
          />
          <Paused projects={pipeline.data.paused} />
        </>
      )}
      <Tabs
        label={t('views')}
        tabs={views.map((id) => ({ id, label: t(`view_${id}`) }))}
        chosen={chosen}
        onChange={show}
      >
        {chosen === 'line' && (
          <Line hours={hours} instance={pipeline.data?.instance ?? undefined} project={project} />
        )}
        {chosen === 'books' && <Books losses={losses} />}
        {chosen === 'letters' && <Letters />}
        {chosen === 'storage' && <Storage project={project} />}
      </Tabs>
    </div>
  );
}
