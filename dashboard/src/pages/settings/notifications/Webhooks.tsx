import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Project } from '../../../api/model';
import {
  type Webhook,
  deleteWebhook,
  deliveriesQuery,
  setWebhookActive,
  testWebhook,
  webhooksQuery,
} from '../../../api/notifications';
import type { Rights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Switch } from '../../../ui/Field';
import { Empty } from '../../../ui/Notice';
import { Time } from '../../../ui/Time';
import { toast } from '../../../ui/toast';
import { useShownChange } from '../../../ui/useShownChange';
import { Destroy } from '../Destroy';
import { SectionHead } from '../SectionHead';
import { TestDialog } from '../TestDialog';
import { Deliveries } from './Deliveries';
import { TestResult } from './TestResult';
import { hostOf } from './form';
import { notificationsTexts } from './texts';

interface Props {
  project: Project;
  rights: Rights;
}

export function Webhooks({ project, rights }: Props) {
  const t = useTexts(notificationsTexts);
  const webhooks = useQuery(webhooksQuery(project.id));
  const [open, setOpen] = useState<Open>();
  const test = useMutation({ mutationFn: testWebhook, gcTime: 0 });
  const close = () => setOpen(undefined);
  const columns = useColumns(project.id, rights, (next) => {
    if (next.what === 'test') test.mutate(next.webhook);
    else setOpen(next);
  });
  return (
    <section aria-label={t('addresses')}>
      <SectionHead title={t('addresses')} lead={t('addressesLead')} />
      <DataTable
        label={t('addresses')}
        columns={columns}
        rows={webhooks.data}
        rowKey={({ id }) => id}
        error={webhooks.error}
        onRetry={() => void webhooks.refetch()}
        empty={
          <Empty title={t('emptyTitle')}>
            <p>{t(rights.manageProject ? 'emptyHelp' : 'emptyRead')}</p>
          </Empty>
        }
      />
      {test.variables !== undefined && (
        <TestDialog
          title={t('testTitle', { name: hostOf(test.variables.config.url) })}
          busy={t('testing')}
          result={test.data}
          error={test.error}
          onClose={test.reset}
        >
          {(result) => (
            <TestResult result={result} help={result.ok ? undefined : t('notTakenHelp')} />
          )}
        </TestDialog>
      )}
      {open?.what === 'deliveries' && (
        <Deliveries
          title={t('deliveriesTitle', { name: hostOf(open.webhook.config.url) })}
          history={deliveriesQuery(open.webhook.id)}
          onClose={close}
        />
      )}
      {open?.what === 'remove' && <Remove webhook={open.webhook} onClose={close} />}
    </section>
  );
}

interface Open {
  what: 'test' | 'deliveries' | 'remove';
  webhook: Webhook;
}

function useColumns(
  projectId: string,
  { manageProject, seeProject }: Rights,
  onOpen: (open: Open) => void,
): readonly Column<Webhook>[] {
  const t = useTexts(notificationsTexts);
  const setActive = useActive(projectId);
  return [
    {
      id: 'address',
      head: t('address'),
      cell: ({ type, config }) => (
        <>
          <span className="cell-name">{t(`type_${type}`)}</span>
          <span className="cell-note">{config.url.replace(/^mailto:/, '')}</span>
        </>
      ),
      sort: ({ type, config }) => `${type} ${config.url}`,
    },
    {
      id: 'active',
      head: t('active'),
      cell: (webhook) => (
        <Switch
          label={t('activeNamed', { name: hostOf(webhook.config.url) })}
          quiet
          checked={webhook.active}
          disabled={!manageProject}
          onChange={(active) => setActive(webhook, active)}
        />
      ),
    },
    {
      id: 'created',
      head: t('created'),
      cell: ({ created_at }) => <Time value={created_at} look="day" />,
      sort: ({ created_at }) => created_at,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (webhook) => {
        const name = hostOf(webhook.config.url);
        return (
          <>
            {manageProject && (
              <Button
                look="quiet"
                aria-label={t('testNamed', { name })}
                onClick={() => onOpen({ what: 'test', webhook })}
              >
                {t('test')}
              </Button>
            )}
            {seeProject && (
              <Button
                look="quiet"
                aria-label={t('deliveriesNamed', { name })}
                onClick={() => onOpen({ what: 'deliveries', webhook })}
              >
                {t('deliveries')}
              </Button>
            )}
            {manageProject && (
              <Button
                look="quiet"
                aria-label={t('removeNamed', { name })}
                onClick={() => onOpen({ what: 'remove', webhook })}
              >
                {t('remove')}
              </Button>
            )}
          </>
        );
      },
    },
  ];
}

/** Pauses an address, or lets it go on: at once on the page. */
function useActive(projectId: string) {
  const t = useTexts(notificationsTexts);
  const change = useShownChange<Webhook>(webhooksQuery(projectId).queryKey);
  return ({ id, config }: Webhook, active: boolean) =>
    change({
      act: () => setWebhookActive(id, active),
      show: (now) => now.map((each) => (each.id === id ? { ...each, active } : each)),
      done: () => toast(t(active ? 'resumed' : 'paused', { name: hostOf(config.url) })),
    });
}

function Remove({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const t = useTexts(notificationsTexts);
  const name = hostOf(webhook.config.url);
  return (
    <Destroy
      title={t('removeTitle', { name })}
      action={t('removeDo')}
      keep={t('removeKeep')}
      typed={name}
      act={() => deleteWebhook(webhook.id)}
      list={webhooksQuery(webhook.project_id).queryKey}
      done={t('removed', { name })}
      onClose={onClose}
    >
      <p>{t('removeHelp')}</p>
    </Destroy>
  );
}
