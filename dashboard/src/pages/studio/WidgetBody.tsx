import { decimal, duration, percent } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Cell } from '../../sql/Cell';
import { ResultChart } from '../../sql/ResultChart';
import { choose } from '../../sql/chart';
import { type Answer, columnsOf, isNumeric, numberOf } from '../../sql/columns';
import { Icon, type IconName } from '../../ui/Icon';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import type { Params } from './params';
import { type Unit, unitOf } from './questions';
import type { Widget } from './report';
import { studioTexts } from './texts';
import { useAnswer } from './useAnswer';

/** Rows of a table in a report: it has to be readable on paper. */
const MAX_ROWS = 100;
const MAX_FIGURES = 4;

interface Props {
  widget: Widget;
  params: Params;
  /** What is left for a chart, in pixels. */
  height: number;
}

export function WidgetBody({ widget, params, height }: Props) {
  const t = useTexts(studioTexts);
  const found = useAnswer(widget, params);
  if (widget.viz === 'text') return <Written text={widget.text ?? ''} />;
  if (found.refused) return <Instead icon="lock" text={t('noSql')} />;
  if (found.missing.length > 0) {
    const names = found.missing.map((name) => `{{${name}}}`).join(', ');
    return <Instead text={t('missing', { names })} />;
  }
  if (found.error !== null && found.error !== undefined) {
    return <ErrorNotice error={found.error} onRetry={found.retry} />;
  }
  if (widget.question === undefined && (widget.sql ?? '').trim() === '') {
    return <Instead text={t('noQuestion')} />;
  }
  if (found.answer === undefined) return <Skeleton />;
  if (found.answer.rows.length === 0) return <Instead text={t('noRows')} />;
  return (
    <>
      <Shown widget={widget} answer={found.answer} height={height} />
      {found.truncated && <p className="widget-note">{t('truncated')}</p>}
    </>
  );
}

/** Why there is nothing to see, in the widget's place. */
function Instead({ icon = 'info', text }: { icon?: IconName; text: string }) {
  return (
    <div className="widget-instead">
      <Icon name={icon} />
      <p>{text}</p>
    </div>
  );
}

function Shown({ widget, answer, height }: { widget: Widget; answer: Answer; height: number }) {
  const t = useTexts(studioTexts);
  const { viz, title } = widget;
  if (viz === 'number') return <Figures answer={answer} unit={unitOf(widget.question)} />;
  if (viz === 'table' || viz === 'text') return <Rows answer={answer} label={title} />;
  const choice = choose(viz, columnsOf(answer));
  if (choice === undefined) return <Instead text={t('cannotDraw')} />;
  return (
    <ResultChart title={title || t('untitled')} answer={answer} choice={choice} height={height} />
  );
}

/** The numbers of the first row; one of them large. */
function Figures({ answer, unit }: { answer: Answer; unit: Unit }) {
  const t = useTexts(studioTexts);
  const [row = []] = answer.rows;
  const columns = columnsOf(answer);
  const numbers = columns.filter(isNumeric);
  const shown = (numbers.length > 0 ? numbers : columns).slice(0, MAX_FIGURES);
  return (
    <>
      <dl className="widget-figures">
        {shown.map((column) => {
          const number = numberOf(row[column.index]);
          return (
            <div key={column.index} className="widget-figure">
              <dt>{column.name}</dt>
              <dd>
                {number === undefined ? (
                  <Cell value={row[column.index]} kind={column.kind} />
                ) : (
                  figure(number, unit)
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      {answer.rows.length > 1 && <p className="widget-note">{t('firstRow')}</p>}
    </>
  );
}

function figure(value: number, unit: Unit): string {
  if (unit === 'percent') return percent(value, 1);
  return unit === 'duration' ? duration(Math.round(value)) : decimal(value, 2);
}

function Rows({ answer, label }: { answer: Answer; label: string }) {
  const t = useTexts(studioTexts);
  const columns = columnsOf(answer);
  const left = answer.rows.length - MAX_ROWS;
  return (
    <>
      <div className="widget-table">
        <table className="table" aria-label={label || t('untitled')}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column.index}
                  scope="col"
                  className={isNumeric(column) ? 'number' : undefined}
                >
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {answer.rows.slice(0, MAX_ROWS).map((row, at) => (
              <tr key={at}>
                {columns.map((column) => (
                  <td key={column.index} className={isNumeric(column) ? 'number' : undefined}>
                    <Cell value={row[column.index]} kind={column.kind} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left > 0 && <p className="widget-note">{t('moreRows', { count: left })}</p>}
    </>
  );
}

/** Words between the figures: `# ` begins a heading, `- ` an entry, an empty line a paragraph. */
function Written({ text }: { text: string }) {
  const blocks = text.split(/\n\s*\n|\n(?=# )/).filter((block) => block.trim() !== '');
  return (
    <div className="widget-text">
      {blocks.map((block, at) => {
        const [first = '', ...rest] = block.trim().split('\n');
        if (first.startsWith('# ')) {
          return (
            <div key={at}>
              <h3>{first.slice(2)}</h3>
              {rest.length > 0 && <p>{rest.join('\n')}</p>}
            </div>
          );
        }
        const lines = [first, ...rest];
        if (lines.every((line) => line.startsWith('- '))) {
          return (
            <ul key={at}>
              {lines.map((line, index) => (
                <li key={index}>{line.slice(2)}</li>
              ))}
            </ul>
          );
        }
        return <p key={at}>{block.trim()}</p>;
      })}
    </div>
  );
}
