import { useTexts } from '../i18n/catalogue';
import { Button } from '../ui/Button';
import { CopyButton } from '../ui/CopyButton';
import { Dialog } from '../ui/Dialog';
import { Cell } from './Cell';
import { type Answer, type ResultColumn, exactText } from './columns';
import { sqlTexts } from './texts';

interface Props {
  answer: Answer;
  columns: readonly ResultColumn[];
  row: number;
  onMove: (row: number) => void;
  onClose: () => void;
}

/** Everything a row holds, untrimmed. */
export function RowDetail({ answer, columns, row, onMove, onClose }: Props) {
  const t = useTexts(sqlTexts);
  const values = answer.rows[row] ?? [];
  return (
    <Dialog
      title={t('rowOf', { row: row + 1, rows: answer.rows.length })}
      look="drawer"
      onClose={onClose}
    >
      <div className="row-detail-steps">
        <Button disabled={row === 0} onClick={() => onMove(row - 1)}>
          {t('previousRow')}
        </Button>
        <Button disabled={row >= answer.rows.length - 1} onClick={() => onMove(row + 1)}>
          {t('nextRow')}
        </Button>
      </div>
      <dl className="row-detail">
        {columns.map(({ name, kind, index }) => (
          <div key={index}>
            <dt>
              {name} <span className="result-kind">{t(`kind_${kind}`)}</span>
            </dt>
            <dd>
              <span className="mono">
                <Cell value={values[index]} kind={kind} />
              </span>
              {exactText(values[index]) !== '' && (
                <CopyButton text={exactText(values[index])} label={t('copyValue', { name })} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
