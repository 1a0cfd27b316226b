import { useQuery } from '@tanstack/react-query';
import { type Erasure, type SignedManifest, certificateQuery } from '../../../api/keeping';
import { count } from '../../../format/numbers';
import { useTexts } from '../../../i18n/catalogue';
import { Button } from '../../../ui/Button';
import { DataTable } from '../../../ui/DataTable';
import { Dialog } from '../../../ui/Dialog';
import { Icon } from '../../../ui/Icon';
import { Empty, ErrorNotice } from '../../../ui/Notice';
import { Skeleton } from '../../../ui/Skeleton';
import { saveFile } from '../../../ui/saveFile';
import { type TableCounts, readCertificate } from './certificate';
import { retentionTexts } from './texts';

const COUNTS = ['before', 'removed', 'held', 'after'] as const;

interface Props {
  projectId: string;
  erasure: Erasure;
  onClose: () => void;
}

export function Certificate({ projectId, erasure, onClose }: Props) {
  const t = useTexts(retentionTexts);
  const certificate = useQuery(certificateQuery(projectId, erasure.id));
  return (
    <Dialog title={t('certificateTitle')} look="wide" onClose={onClose}>
      {certificate.isError && (
        <ErrorNotice error={certificate.error} onRetry={() => void certificate.refetch()} />
      )}
      {certificate.isPending && <Skeleton shape="lines" rows={4} />}
      {certificate.data !== undefined && <Shown id={erasure.id} manifest={certificate.data} />}
    </Dialog>
  );
}

function Shown({ id, manifest }: { id: string; manifest: SignedManifest }) {
  const t = useTexts(retentionTexts);
  const { tables, exports, notCovered } = readCertificate(manifest.payload);
  const text = JSON.stringify(manifest, null, 2);
  return (
    <>
      <DataTable<TableCounts>
        label={t('certificateTitle')}
        rows={tables}
        rowKey={({ table }) => table}
        columns={[
          { id: 'table', head: t('table'), cell: ({ table }) => <code>{table}</code> },
          ...COUNTS.map((name) => ({
            id: name,
            head: t(`rows_${name}`),
            number: true,
            cell: (row: TableCounts) => count(row[name]),
          })),
        ]}
        empty={
          <Empty title={t('noTables')}>
            <p>{t('noTablesHelp')}</p>
          </Empty>
        }
      />
      {exports.length > 0 && (
        <section>
          <h3>{t('exports')}</h3>
          <ul className="certificate-list">
            {exports.map((each) => (
              <li key={each}>
                <code>{each}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{t('notCovered')}</h3>
        <ul className="certificate-list" lang="en">
          {notCovered.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </section>
      <footer className="form-actions">
        <Button
          look="primary"
          onClick={() => saveFile(`erasure-${id}.json`, 'application/json', text)}
        >
          <Icon name="download" />
          {t('download')}
        </Button>
      </footer>
    </>
  );
}
