import { OWN_PROJECT } from '../../../api/projects';
import { useTexts } from '../../../i18n/catalogue';
import { Empty } from '../../../ui/Notice';
import { OfProject } from '../OfProject';
import { Days } from './Days';
import { Erasures } from './Erasures';
import { Holds } from './Holds';
import { retentionTexts } from './texts';
import './retention.css';

export function RetentionPage() {
  const t = useTexts(retentionTexts);
  return (
    <OfProject title={t('title')} lead={t('lead')}>
      {(project, { seeProject, manageProject }) => {
        // What people did in BatAudit is kept as it is.
        const own = project.id === OWN_PROJECT;
        return (
          <>
            {own ? (
              <Empty title={t('own')}>
                <p>{t('ownHelp')}</p>
              </Empty>
            ) : (
              <Days project={project} mayChange={manageProject} />
            )}
            {seeProject && <Holds project={project} mayChange={manageProject} />}
            {seeProject && !own && <Erasures project={project} mayChange={manageProject} />}
          </>
        );
      }}
    </OfProject>
  );
}
