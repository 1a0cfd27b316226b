import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keysQuery } from '../../../api/keys';
import type { ApiKey, Project } from '../../../api/model';
import { OWN_PROJECT } from '../../../api/projects';
import type { Rights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { Empty } from '../../../ui/Notice';
import { Make } from '../Make';
import { OfProject } from '../OfProject';
import { KeyTable } from './KeyTable';
import { NewKey } from './NewKey';
import { Revoke } from './Revoke';
import { Rotate } from './Rotate';
import { keysTexts } from './texts';

/** Whether an application may get a key to write here. */
function takesKeys(project: Project): boolean {
  return project.id !== OWN_PROJECT && project.archived_at === null;
}

export function KeysPage() {
  const t = useTexts(keysTexts);
  return (
    <OfProject
      title={t('title')}
      lead={t('lead')}
      action={(project, { manageProject }) =>
        manageProject &&
        takesKeys(project) && (
          <Make text={t('generate')} icon="key">
            {(onClose) => <NewKey project={project} onClose={onClose} />}
          </Make>
        )
      }
    >
      {(project, rights) =>
        rights.seeProject ? (
          <Keys project={project} rights={rights} />
        ) : (
          <Empty title={t('closed')}>
            <p>{t('closedHelp')}</p>
          </Empty>
        )
      }
    </OfProject>
  );
}

export interface Open {
  what: 'rotate' | 'revoke';
  key: ApiKey;
}

function Keys({ project, rights }: { project: Project; rights: Rights }) {
  const t = useTexts(keysTexts);
  const keys = useQuery(keysQuery(project.id));
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const mayGenerate = rights.manageProject && takesKeys(project);
  return (
    <>
      {!rights.manageProject && <p className="section-note">{t('onlyRead')}</p>}
      <KeyTable keys={keys} rights={rights} onOpen={setOpen}>
        <Empty title={t('emptyTitle')}>
          <p>
            {project.id === OWN_PROJECT
              ? t('emptyOwn')
              : mayGenerate
                ? t('emptyHelp')
                : t('emptyRead')}
          </p>
        </Empty>
      </KeyTable>
      {open?.what === 'rotate' && (
        <Rotate apiKey={open.key} projectId={project.id} onClose={close} />
      )}
      {open?.what === 'revoke' && (
        <Revoke apiKey={open.key} projectId={project.id} onClose={close} />
      )}
    </>
  );
}
