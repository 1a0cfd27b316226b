import { useQuery } from '@tanstack/react-query';
import { membersQuery } from '../../../api/members';
import type { Project } from '../../../api/model';
import { usersQuery } from '../../../api/users';
import type { Rights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { Empty } from '../../../ui/Notice';
import { Make } from '../Make';
import { OfProject } from '../OfProject';
import { AddMember } from './AddMember';
import { MemberTable } from './MemberTable';
import { membersTexts } from './texts';

export function MembersPage() {
  const t = useTexts(membersTexts);
  return (
    <OfProject
      title={t('title')}
      lead={t('lead')}
      action={(project, { manageProject }) =>
        manageProject && (
          <Make text={t('add')}>
            {(onClose) => <AddMember project={project} onClose={onClose} />}
          </Make>
        )
      }
    >
      {(project, rights) => <Members project={project} rights={rights} />}
    </OfProject>
  );
}

function Members({ project, rights }: { project: Project; rights: Rights }) {
  const t = useTexts(membersTexts);
  const members = useQuery(membersQuery(project.id));
  // Who only reads on the instance only reads here too: whoever may see the users is told so.
  const users = useQuery({ ...usersQuery, enabled: rights.seeInstance });
  return (
    <>
      {!rights.manageProject && <p className="section-note">{t('onlyRead')}</p>}
      <MemberTable
        project={project}
        members={members}
        users={users.isLoading ? undefined : (users.data ?? [])}
        mayManage={rights.manageProject}
      >
        <Empty title={t('emptyTitle')}>
          <p>{rights.manageProject ? t('emptyHelp') : t('emptyRead')}</p>
        </Empty>
      </MemberTable>
      <p className="section-note section-note-after">{t('everybody')}</p>
    </>
  );
}
