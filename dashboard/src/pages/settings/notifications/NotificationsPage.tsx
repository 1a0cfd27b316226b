import { useTexts } from '../../../i18n/catalogue';
import { Make } from '../Make';
import { OfProject } from '../OfProject';
import { NewAddress } from './NewAddress';
import { ThisBrowser } from './ThisBrowser';
import { Webhooks } from './Webhooks';
import { notificationsTexts } from './texts';
import './notifications.css';

export function NotificationsPage() {
  const t = useTexts(notificationsTexts);
  return (
    <OfProject
      title={t('title')}
      lead={t('lead')}
      action={(project, { manageProject }) =>
        manageProject && (
          <Make text={t('add')}>
            {(onClose) => <NewAddress project={project} onClose={onClose} />}
          </Make>
        )
      }
    >
      {(project, rights) => (
        <>
          <Webhooks project={project} rights={rights} />
          <ThisBrowser project={project} />
        </>
      )}
    </OfProject>
  );
}
